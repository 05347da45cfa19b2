"""Asks a running server with Triton's own client, in all of its defaults.

python3 tritonclient_try.py HOST:PORT IMAGE, where IMAGE is a PNG of a seven.
Needs tritonclient[http], and for --aio its asyncio client.
"""

import asyncio
import sys

import numpy as np
import tritonclient.http as triton


def check(what, holds):
    if not holds:
        sys.exit(f"{what}: no")
    print(what)


def tensors(n):
    data = np.zeros((n, 1, 28, 28), np.float32)
    data[:, 0, 6:22, 13:15] = 1  # a stroke
    request = triton.InferInput("input-0", list(data.shape), "FP32")
    request.set_data_from_numpy(data)
    return request


def images(data):
    request = triton.InferInput("image", [1], "BYTES")
    request.set_data_from_numpy(np.array([data], dtype=np.object_))
    return request


def try_all(address, image):
    client = triton.InferenceServerClient(address)
    check("live and ready", client.is_server_live() and client.is_server_ready())
    check("server metadata", "binary_tensor_data" in client.get_server_metadata()["extensions"])
    model = client.get_model_metadata("digits")
    version = model["versions"][0]
    check("model metadata", [i["name"] for i in model["inputs"]] == ["input-0", "image"])
    check("model ready", client.is_model_ready("digits") and client.is_model_ready("digits", version))
    check("another version is not", not client.is_model_ready("digits", "another"))

    reply = client.infer("digits", [tensors(3)])
    check("tensors, all outputs in binary", list(reply.as_numpy("digit")) == [1, 1, 1])
    batch = reply.as_numpy("probabilities")
    check("shapes and types", batch.shape == (3, 10) and batch.dtype == np.float32 and reply.as_numpy("accepted").dtype == bool)
    alone = client.infer("digits", [tensors(1)]).as_numpy("probabilities")
    check("a batch is read as its singles", (batch == alone).all())

    text = tensors(1)
    text.set_data_from_numpy(np.array(np.frombuffer(tensors(1)._get_binary_data(), np.float32)).reshape(1, 1, 28, 28), binary_data=False)
    reply = client.infer("digits", [text], outputs=[triton.InferRequestedOutput("probabilities", binary_data=False)], request_id="7")
    check("JSON both ways, the same numbers", (reply.as_numpy("probabilities") == alone).all())
    check("the id", reply.get_response()["id"] == "7")

    wanted = [triton.InferRequestedOutput("digit"), triton.InferRequestedOutput("probabilities", class_count=2)]
    reply = client.infer("digits", [images(image)], outputs=wanted, model_version=version)
    check("an image file, with a classification", reply.as_numpy("digit")[0] == 7 and reply.as_numpy("probabilities")[0][0].endswith(b":7"))
    futures = [client.async_infer("digits", [images(image)]) for _ in range(8)]
    check("eight at once", all(f.get_result().as_numpy("digit")[0] == 7 for f in futures))
    try:
        client.infer("digits", [images(b"text")])
        check("text is refused", False)
    except triton.InferenceServerException as refused:
        check(f"text is refused: {refused}", refused.status() == "415")


async def try_asyncio(address, image):
    import tritonclient.http.aio as aio

    async with aio.InferenceServerClient(address) as client:
        reply = await client.infer("digits", [images(image)])
        check("asyncio", reply.as_numpy("digit")[0] == 7)


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        picture = file.read()
    try_all(sys.argv[1], picture)
    if "--aio" in sys.argv:
        asyncio.run(try_asyncio(sys.argv[1], picture))
