"""EfficientNet-Lite0: one published checkpoint, two frameworks, the same numbers."""

import subprocess
import sys

import numpy as np
import pytest

from course import pretrained
from course.pretrained import lite0

pytestmark = pytest.mark.xdist_group("pretrained")

LOGITS = 1e-4  # stated in course/pretrained and in the lessons; 2e-5 is what is measured
MAPS = 2e-4  # feature maps reach ±20, and their differences have not been averaged


def test_logits_features_and_answers_are_the_same_in_both_tracks(networks, photographs):
    torch, keras = (networks[track] for track in ("pytorch", "tensorflow"))
    mine, theirs = torch.logits(photographs), keras.logits(photographs)
    assert mine.shape == theirs.shape == (len(photographs), 1000)
    assert mine.dtype == theirs.dtype == np.float32
    assert np.abs(mine - theirs).max() < LOGITS
    np.testing.assert_array_equal(mine.argmax(axis=1), theirs.argmax(axis=1))
    mine, theirs = torch.extract_features(photographs, batch_size=3), keras.extract_features(photographs)
    assert mine.shape == theirs.shape == (len(photographs), 1280)
    assert np.abs(mine - theirs).max() < LOGITS


@pytest.mark.parametrize("height, width", [(224, 224), (121, 160), (97, 64)])
def test_odd_sizes_are_padded_alike(networks, photographs, height, width):
    x = photographs[:2, :height, :width] if height <= 160 else np.repeat(np.repeat(photographs[:2], 2, 1), 2, 2)[:, :224, :224]
    mine, theirs = (networks[track].logits(x) for track in ("pytorch", "tensorflow"))
    assert np.abs(mine - theirs).max() < LOGITS


def test_feature_maps_by_the_name_of_the_layer(networks, photographs):
    torch, keras = (networks[track] for track in ("pytorch", "tensorflow"))
    assert torch.layers == keras.layers == lite0.LAYERS
    mine, theirs = torch.feature_maps(photographs[:2]), keras.feature_maps(photographs[:2])
    assert tuple(mine) == tuple(theirs) == lite0.LAYERS
    sides = {"stem": 80, "block1": 80, "block2": 40, "block4": 20, "block6": 10, "block12": 5, "block16": 5, "head": 5}
    for name in lite0.LAYERS:
        assert mine[name].shape == theirs[name].shape
        assert np.abs(mine[name] - theirs[name]).max() < MAPS, name
    for name, side in sides.items():
        assert mine[name].shape[:3] == (2, side, side)
    for network, maps in ((torch, mine), (keras, theirs)):
        averaged = maps["head"].mean(axis=(1, 2))
        np.testing.assert_allclose(averaged, network.extract_features(photographs[:2]), atol=1e-5)


def test_only_the_layers_that_are_asked_for(network, photographs):
    assert list(network.feature_maps(photographs[:1], ["block16", "stem"])) == ["block16", "stem"]
    with pytest.raises(ValueError, match="no layer 'conv1': choose of stem, block1,"):
        network.feature_maps(photographs[:1], ["conv1"])


def test_the_five_likeliest_names_are_sensible(network, photographs):
    rows = network.top(photographs, 5)
    assert all(len(row) == 5 and sum(p for _, p in row) <= 1 for row in rows)
    assert all(row[0][1] >= row[1][1] >= row[4][1] for row in rows)
    palaces = {name for row in rows[:3] for name, _ in row}
    flowers = {name for row in rows[4:7] for name, _ in row}
    assert palaces & {"palace", "bell tower", "monastery", "boathouse", "Tibetan temple", "stupa", "dome"}, palaces
    assert flowers & {"daisy", "bee", "pot", "vase", "sea urchin", "artichoke", "cardoon", "leafhopper"}, flowers


def test_class_names():
    names = pretrained.class_names()
    assert len(names) == 1000
    assert {name for name in names if names.count(name) > 1} == {"missile", "sunglasses"}  # ImageNet has these twice
    assert (names[0], names[281], names[999]) == ("tench", "tabby cat", "toilet paper")
    assert pretrained.class_index("golden retriever") == pretrained.class_index("Golden Retriever") == 207
    with pytest.raises(ValueError, match="no class 'cat'; near it: .*tiger cat"):
        pretrained.class_index("cat")


def test_pixels_are_scaled_as_the_network_learned_them(networks):
    pixels = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    wanted = (pixels.astype(np.float32) - 127) / 128
    mine, theirs = (networks[track].preprocess(pixels) for track in ("pytorch", "tensorflow"))
    np.testing.assert_array_equal(mine.numpy().transpose(0, 2, 3, 1), wanted)
    np.testing.assert_array_equal(theirs.numpy(), wanted)


@pytest.mark.parametrize(
    "images, message",
    [
        (np.zeros((2, 3, 32, 32), np.uint8), r"\(batch, height, width, 3\), not \(2, 3, 32, 32\)"),
        (np.zeros((32, 32, 3), np.uint8), r"\(batch, height, width, 3\)"),
        (np.full((1, 32, 32, 3), 0.5), "scaled to 0..1 already"),
    ],
)
def test_pictures_of_the_wrong_kind_are_refused(network, images, message):
    with pytest.raises(ValueError, match=message):
        network.logits(images)


def test_reading_a_network_leaves_it_as_it_was_in_pytorch(photographs):
    import torch

    network = pretrained.load("pytorch")
    assert not network.model.training
    network.model.train()
    network.model.features.block3.eval()  # a frozen block in a model that trains
    before = {key: value.clone() for key, value in network.model.state_dict().items()}
    modes = [module.training for module in network.model.modules()]
    network.logits(photographs[:2])
    network.extract_features(photographs[:2])
    network.feature_maps(photographs[:2])
    assert [module.training for module in network.model.modules()] == modes
    assert all(torch.equal(value, before[key]) for key, value in network.model.state_dict().items())
    assert not any(module._forward_hooks for module in network.model.modules())
    assert all(parameter.grad is None for parameter in network.model.parameters())


def test_reading_a_network_leaves_it_as_it_was_in_tensorflow(networks, photographs):
    network = networks["tensorflow"]
    before = [np.array(weight) for weight in network.model.get_weights()]
    network.logits(photographs[:2])
    network.extract_features(photographs[:2])
    network.feature_maps(photographs[:2], ["block5"])
    for old, new in zip(before, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_training_mode_moves_the_batch_statistics_and_frozen_layers_do_not(photographs):
    """The traps that the lesson shows: what they need of the models is there, in each framework's own way."""
    import torch

    network = pretrained.load("pytorch")
    statistics = network.model.features.block5.depthwise.norm.running_mean
    before = statistics.clone()
    for parameter in network.model.parameters():
        parameter.requires_grad_(False)
    with torch.no_grad():
        network.model.train()(network.preprocess(photographs[:4]))
    assert not torch.equal(statistics, before)

    network = pretrained.load("tensorflow")
    norm = network.model.get_layer("block5").depthwise.norm
    before = norm.moving_mean.numpy()
    network.model.trainable = False
    network.model(network.preprocess(photographs[:4]), training=True)
    np.testing.assert_array_equal(norm.moving_mean.numpy(), before)
    network.model.trainable = True
    network.model(network.preprocess(photographs[:4]), training=True)
    assert not np.array_equal(norm.moving_mean.numpy(), before)


def test_one_step_in_training_mode_moves_both_tracks_statistics_alike(photographs):
    mine, theirs = (pretrained.load(track) for track in ("pytorch", "tensorflow"))
    mine.model.train()(mine.preprocess(photographs[:4]))
    theirs.model(theirs.preprocess(photographs[:4]), training=True)
    # The stem's statistics do not depend on dropout. PyTorch's running variance divides by n - 1, Keras's by n: of 25,600.
    torch_norm, keras_norm = mine.model.features.stem.norm, theirs.model.get_layer("stem").norm
    np.testing.assert_allclose(torch_norm.running_mean.numpy(), keras_norm.moving_mean.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(torch_norm.running_var.numpy(), keras_norm.moving_variance.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 with NumPy 2.4
def test_the_keras_model_is_saved_and_loaded(networks, photographs, tmp_path):
    import keras

    network = networks["tensorflow"]
    network.model.save(tmp_path / "lite0.keras")
    again = keras.models.load_model(tmp_path / "lite0.keras")
    x = network.preprocess(photographs[:1])
    np.testing.assert_allclose(again.predict_on_batch(x), network.model.predict_on_batch(x), atol=1e-6)


def test_backbone_and_model_share_their_weights(networks):
    import keras

    torch = networks["pytorch"]
    assert torch.backbone.features is torch.model.features
    layers = {layer.name for layer in networks["tensorflow"].backbone.layers if isinstance(layer, keras.layers.Layer)}
    shared = [networks["tensorflow"].model.get_layer(n) is networks["tensorflow"].backbone.get_layer(n) for n in layers]
    assert all(shared)


def test_random_weights_need_no_checkpoint(monkeypatch):
    monkeypatch.setattr(lite0, "weights", lambda: pytest.fail("the checkpoint was read"))
    x = np.zeros((1, 32, 32, 3), np.uint8)
    for track in ("pytorch", "tensorflow"):
        assert pretrained.load(track, weights=None).logits(x).shape == (1, 1000)


def test_importing_is_instant_and_loading_needs_the_tracks_own_framework_only():
    ask = (
        "import sys; from course import pretrained; heavy = ('torch', 'tensorflow', 'keras', 'torchvision', 'PIL', 'sklearn');"
        "assert not [m for m in heavy if m in sys.modules];"
        "from course.pretrained import lite0; pretrained.class_names(); lite0.weights();"
        "assert not [m for m in heavy if m in sys.modules];"
        "assert not [m for m in sys.modules if m.startswith(('efficientnet', 'imagenet'))];"
        "pretrained.load('pytorch'); assert not [m for m in ('tensorflow', 'keras', 'torchvision') if m in sys.modules]"
    )
    subprocess.run([sys.executable, "-c", ask], check=True)
    ask = "import sys; from course import pretrained; pretrained.load('tensorflow'); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", ask], check=True)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("jax",), "no track 'jax'"),
        (("pytorch", "alexnet"), "no network 'alexnet': choose of efficientnet-lite0, vgg16"),
        (("pytorch", "vgg16", "cifar"), "no weights 'cifar'"),
    ],
)
def test_what_there_is_not(arguments, message):
    with pytest.raises(ValueError, match=message):
        pretrained.load(*arguments)
