"""Runs an exported .py as a stranger would: a script that knows nothing of this program."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader


def main(arguments: list[str]) -> None:
    """SOURCE WEIGHTS PICTURES LOGITS FOLDER...: load, predict, and write the logits.

    The folders are where torch and its like were installed, in case that is no usual place.
    """
    source, weights, pictures, answer, *folders = arguments
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    import torch
    from safetensors.torch import load_file, save_file

    loader = SourceFileLoader("exported", source)  # whatever the file's name
    spec = spec_from_loader("exported", loader)
    if spec is None:
        raise ImportError(f"{source} can't be imported")
    exported = module_from_spec(spec)
    loader.exec_module(exported)
    model = exported.load(weights)
    samples = load_file(pictures)["pictures"]
    with torch.inference_mode():
        logits = model(exported.preprocess(samples))
    likeliest = [exported.CLASSES[place] for place in logits.argmax(1).tolist()]
    if [name for name, _ in exported.predict(model, samples)] != likeliest:
        raise ValueError("predict names other classes than the logits")
    save_file({"logits": logits.contiguous()}, answer)


if __name__ == "__main__":
    main(sys.argv[1:])
