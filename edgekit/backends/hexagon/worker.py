"""What runs in a process of its own, `python -m edgekit.backends.hexagon.worker JOB.json`: Qualcomm's libraries.

They may end the process (graphs of five dimensions do, onnxruntime-qnn 2.7) and print what nobody asked for; so the
answer is a file beside the job. No CPU fallback but in `assign`, which asks what would fall back.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

EP = "QNNExecutionProvider"
QUIET = 4
NO_FALLBACK = {"session.disable_cpu_ep_fallback": "1"}


def session(model: Path, provider: dict[str, str], entries: dict[str, str]) -> Any:
    """A session of the HTP alone."""
    import onnxruntime
    import onnxruntime_qnn

    onnxruntime.set_default_logger_severity(QUIET)
    onnxruntime.register_execution_provider_library(EP, onnxruntime_qnn.get_library_path())
    devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == EP]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = QUIET
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # names stay
    for key, value in entries.items():
        options.add_session_config_entry(key, value)
    options.add_provider_for_devices(devices[:1], {"backend_path": onnxruntime_qnn.get_qnn_htp_path(), **provider})
    return onnxruntime.InferenceSession(str(model), options)


def compile(job: dict[str, Any]) -> dict[str, Any]:
    """Write the context binary, and the ONNX file that holds it as its one node."""
    context = {"ep.context_enable": "1", "ep.context_embed_mode": "0", "ep.context_file_path": job["context"]}
    session(Path(job["model"]), job["provider"], NO_FALLBACK | context)
    return {}


def assign(job: dict[str, Any]) -> dict[str, Any]:
    """Names and kinds of the nodes that the HTP does not take."""
    found = session(Path(job["model"]), job["provider"], {"session.record_ep_graph_assignment_info": "1"})
    groups = found.get_provider_graph_assignment_info()
    return {"cpu": [(n.name, n.op_type) for group in groups if group.ep_name != EP for n in group.get_nodes()]}


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Every sample of `inputs`, an .npz of stacked samples, into `outputs`."""
    import numpy as np

    from edgekit.arrays import load_arrays, save_arrays

    found = session(Path(job["model"]), job["provider"], NO_FALLBACK)
    names = [output.name for output in found.get_outputs()]
    inputs = load_arrays(Path(job["inputs"]))
    keys = job["names"]  # of the inputs, which may be no names of zip members
    made = [found.run(names, {keys[key]: array[i] for key, array in inputs.items()}) for i in range(job["samples"])]
    save_arrays(Path(job["outputs"]), {f"a{i}": np.stack([sample[i] for sample in made]) for i in range(len(names))})
    return {"names": names}


def main() -> int:
    path = Path(sys.argv[1])
    job = json.loads(path.read_text("utf-8"))
    try:
        answer = {"compile": compile, "assign": assign, "run": run}[job["do"]](job)
    except Exception as error:  # whatever the vendor's library raises is the answer
        answer = {"error": f"{type(error).__name__}: {error}"}
    path.with_suffix(".answer").write_text(json.dumps(answer), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
