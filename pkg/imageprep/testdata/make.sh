#!/bin/sh
# Makes the files that Go has no encoder for, from seven.png (the tests' digit,
# dark on white). Needs ImageMagick and the webp tools.
set -e
cd "$(dirname "$0")"
strip="-strip -define png:exclude-chunks=date,time"
convert seven.png $strip -interlace PNG interlaced.png
convert seven.png $strip -threshold 50% -interlace PNG -define png:bit-depth=1 interlaced-bilevel.png
convert seven.png $strip -interlace JPEG -quality 92 progressive.jpg
convert seven.png $strip -fill '#2040c0' -opaque black -interlace JPEG -sampling-factor 2x2 -quality 92 progressive-blue.jpg
convert seven.png $strip -colorspace CMYK -quality 95 cmyk.jpg
convert seven.png $strip -compress LZW lzw.tiff
convert seven.png $strip -threshold 50% -compress Group4 fax.tiff
convert seven.png $strip -define tiff:endian=msb -compress RLE packbits-msb.tiff
convert -size 28x28 xc:black \( seven.png -negate \) $strip -alpha off -compose CopyOpacity -composite PNG32:ink-in-alpha.png
convert seven.png \( seven.png -negate \) $strip two-frames.gif
cwebp -quiet -lossless seven.png -o lossless.webp
cwebp -quiet -q 95 seven.png -o lossy.webp
cwebp -quiet -q 95 ink-in-alpha.png -o ink-in-alpha.webp
gif2webp -quiet two-frames.gif -o animated.webp
