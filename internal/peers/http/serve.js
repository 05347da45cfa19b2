// Answers what digit a 28x28 PNG shows, by ONNX Runtime in two processes.
//
//     PEERS=DIR node serve.js PORT
const cluster = require("cluster"), http = require("http");
const modules = process.env.PEERS + "/node_modules/";

async function serve() {
  const ort = require(modules + "onnxruntime-node"), { PNG } = require(modules + "pngjs");
  const session = await ort.InferenceSession.create(process.env.PEERS + "/simple.onnx", { intraOpNumThreads: 1, interOpNumThreads: 1 });

  async function read(body) {
    const picture = PNG.sync.read(body), x = new Float32Array(784);
    if (picture.width !== 28 || picture.height !== 28) throw new Error("it is not 28x28");
    for (let i = 0; i < x.length; i++) x[i] = picture.data[4 * i] / 255;
    const logits = (await session.run({ x: new ort.Tensor("float32", x, [1, 1, 28, 28]) })).y.data;
    const digit = logits.indexOf(Math.max(...logits));
    return { digit, confidence: 1 / logits.reduce((sum, v) => sum + Math.exp(v - logits[digit]), 0) };
  }

  http.createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", async () => {
      try {
        const answer = JSON.stringify(await read(Buffer.concat(pieces)));
        response.writeHead(200, { "Content-Type": "application/json", "Content-Length": answer.length });
        response.end(answer);
      } catch (error) {
        response.writeHead(400);
        response.end(String(error));
      }
    });
  }).listen(+process.argv[2], "127.0.0.1");
}

if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  process.on("disconnect", () => process.exit(0));
  serve();
}
