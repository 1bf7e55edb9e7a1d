"""Photographs and networks that the tests of this folder share: real pictures, one numeric thread."""

import numpy as np
import pytest

from course import pretrained


@pytest.fixture(scope="session")
def photographs():
    """(8, 160, 160, 3) uint8: windows of scikit-learn's two photographs, a Chinese palace and a dahlia, small and large."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    windows = []
    for photograph in load_sample_images().images:
        for left, side in ((100, 427), (0, 300), (220, 240), (300, 200)):
            window = photograph[: min(side, 427), left : left + min(side, 427)]
            windows.append(np.asarray(Image.fromarray(window).resize((160, 160), Image.Resampling.BICUBIC)))
    return np.stack(windows)


@pytest.fixture(scope="session")
def networks():
    """EfficientNet-Lite0 with its published weights, in both tracks."""
    import torch

    torch.set_num_threads(1)
    return {track: pretrained.load(track) for track in ("pytorch", "tensorflow")}


@pytest.fixture(params=["pytorch", "tensorflow"])
def network(request, networks):
    return networks[request.param]
