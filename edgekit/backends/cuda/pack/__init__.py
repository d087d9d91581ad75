"""Calls that the GPU takes packed otherwise than the C kernels: `pack(call, tensor_cores) -> Launch`, by kernel."""
