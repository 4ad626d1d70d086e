"""Streams of random numbers: one for each purpose and seed, the same every time."""

from optlab.engine.streams import PURPOSES, stream


def test_a_stream_is_the_same_every_time():
    assert stream(3, "init").integers(2**60) == stream(3, "init").integers(2**60)


def test_purposes_and_seeds_have_streams_of_their_own():
    drawn = {int(stream(seed, purpose).integers(2**60)) for seed in range(50) for purpose in PURPOSES}
    assert len(drawn) == 50 * len(PURPOSES)


def test_drawing_from_one_moves_no_other():
    init = stream(0, "init")
    init.standard_normal(1000)
    assert stream(0, "data").random() == stream(0, "data").random()


def test_each_place_has_a_stream_of_its_own():
    drawn = {int(stream(seed, "optimizer", t).integers(2**60)) for seed in range(20) for t in range(20)}
    assert len(drawn) == 400
    assert stream(3, "optimizer", 7).random() == stream(3, "optimizer", 7).random()


def test_the_streams_never_change():  # a published experiment gives the same start for ever
    assert [int(stream(0, p).integers(1000)) for p in PURPOSES] == [802, 662, 656, 892, 174]
