"""The stages, found by file name. A stage is a module that imports nothing slow (PyTorch, onnx) at its top and offers:

- `ORDER`: int, smaller ones run first (prune 20, distill 40; what fakes the device's arithmetic comes after them);
- `wanted(recipe) -> bool`: whether the recipe asks for it;
- `require(recipe)`: optional; raises UsageError, InputError or UnsupportedError before the hours of training;
- `parts(recipe) -> list`: JSON-able: what of the recipe, of targets and of files its result depends on, for the cache;
- `run(step: edgekit.crosstrain.step.Step) -> edgekit.crosstrain.step.Outcome`: the work;
- `RESHAPES`: optional, True when layers have other sizes afterwards, so that the network's cost is counted anew;
- `rebuild(network, change) -> nn.Module`: needed by a stage whose `Outcome.change` is not None. Gives an untrained
  network of the recipe, to which the changes of earlier stages are made already, the modules that the stage gave it:
  sizes, wrappers, parameters. The checkpoint's weights are filled in afterwards. `change` comes from a file: check it;
- `filled(network, change) -> None`: optional; called when the weights are filled in (masks of zeros, frozen parts);
- `export(network, recipe, signature, output) -> None`: optional, for a stage whose modules PyTorch's exporter does not
  know: writes the ONNX file of the whole network. The last wanted stage that has one writes the model that is built.
"""
