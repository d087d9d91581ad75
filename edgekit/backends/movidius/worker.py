"""Run by a Python 3.6 to 3.9 that has OpenVINO 2021.4: `worker.py JOB.json`; the answer goes into JOB.json.answer.

Uses nothing of edgekit. Without a device, loading raises after the compiled network was written to the cache; a cache
file is one line of XML, then the blob.
"""

import glob
import json
import os
import sys
import tempfile
from typing import Any

PLATFORM = "VPU_MYRIAD_2480"  # Myriad X; the one that the compiler need not ask a device about


def query(engine: Any, network: Any, job: Any) -> Any:
    """Names of the nodes that the chip does not run."""
    import ngraph

    taken = set(engine.query_network(network, "MYRIAD"))
    nodes = ngraph.function_from_cnn(network).get_ordered_ops()
    skipped = ("Parameter", "Result", "Constant")
    left = [n.get_friendly_name() for n in nodes if n.get_type_name() not in skipped]
    return {"left": [name for name in left if name not in taken], "nodes": len(left)}


def compile(engine: Any, network: Any, job: Any) -> Any:
    """Write the blob."""
    config = {
        "VPU_MYRIAD_PLATFORM": PLATFORM,
        "MYRIAD_NUMBER_OF_SHAVES": str(job["shaves"]),
        "MYRIAD_NUMBER_OF_CMX_SLICES": str(job["slices"]),
    }
    said = "a device was found"
    with tempfile.TemporaryDirectory() as cache:
        engine.set_config({"CACHE_DIR": cache}, "")
        try:
            engine.load_network(network, "MYRIAD", config)
        except Exception as error:
            said = str(error)
        files = glob.glob(os.path.join(cache, "*.blob"))
        if len(files) != 1:
            return {"error": "no blob was written: " + said}
        with open(files[0], "rb") as file:
            data = file.read()
    header, _, blob = data.partition(b"\n")
    with open(job["blob"], "wb") as file:
        file.write(blob)
    return {"said": said, "header": header.decode("utf-8", "replace")}


def main() -> None:
    path = sys.argv[1]
    with open(path) as file:
        job = json.load(file)
    try:
        from openvino.inference_engine import IECore, get_version

        engine = IECore()
        answer = {"query": query, "compile": compile}[job["do"]](engine, engine.read_network(job["model"]), job)
        answer["version"] = get_version()
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    with open(path + ".answer", "w") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main()
