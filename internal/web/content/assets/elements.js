// Small helpers for the document.
export const byID = (id) => document.getElementById(id);

// make returns an element with properties and children. Texts stay texts.
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// copy puts a text on the clipboard. Where the browser forbids that, the
// element that shows the text is marked for the reader to copy, and the
// result is false.
export async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand('copy');
  }
}

// say shows a word on a button for a moment.
export function say(button, word) {
  button.dataset.word ??= button.textContent;
  button.textContent = word;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = button.dataset.word; }, 1600);
}

// save hands the reader a file.
export function save(name, blob) {
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// png returns a canvas as a file's content. It does not use toBlob, which
// waits for the browser to be idle, for up to a second.
export function png(canvas) {
  const bytes = atob(canvas.toDataURL('image/png').split(',')[1]);
  return new Blob([Uint8Array.from(bytes, (b) => b.charCodeAt(0))], { type: 'image/png' });
}
