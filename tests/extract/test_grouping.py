from citeweave.extract.grouping import group, with_abbreviations
from citeweave.extract.occurrences import whole_words
from citeweave.model import Abbreviation, Mention


def mention(text, string, kind="Model", score=0.9, nth=0):
    start, end = list(whole_words(text, string))[nth]
    return Mention(start, end, string, kind, score, "test")


def entities(text, *strings, abbreviations=()):
    mentions = [m if isinstance(m, Mention) else mention(text, m) for m in strings]
    return group(text, mentions, abbreviations)[1]


def test_case_number_and_hyphen_make_no_second_entity():
    text = "Recurrent Neural Networks\nA recurrent-neural network, recurrent neural networks."
    made = entities(text, "Recurrent Neural Networks", "recurrent-neural network", "recurrent neural networks")
    assert [e.mentions for e in made] == [
        ("Recurrent Neural Networks", "recurrent-neural network", "recurrent neural networks")
    ]
    assert made[0].name.replace("-", " ") == "recurrent neural network"


def test_an_abbreviation_joins_its_long_form_and_is_marked_where_the_recogniser_missed_it():
    text = "T\nWe use generative flow networks (GFNs). GFNs work; a GFN samples."
    pair = Abbreviation("GFNs", "generative flow networks", text.index("GFNs"), text.index("generative"))
    mentions = with_abbreviations(text, [mention(text, "generative flow networks")], [pair])
    assert [m.text for m in mentions] == ["generative flow networks", "GFNs", "GFNs", "GFN"]
    made = group(text, mentions, [pair])[1]
    assert [e.name for e in made] == ["generative flow network"]


def test_one_type_an_entity_by_the_sum_of_scores():
    text = "T\ndropout and dropout and dropout"
    spans = [
        mention(text, "dropout", k, s, i) for i, (k, s) in enumerate([("Model", 0.9), ("Method", 0.5), ("Method", 0.6)])
    ]
    mentions, made = group(text, spans, [])
    assert [e.type for e in made] == ["Method"]
    assert {m.type for m in mentions} == {"Method"}


def test_names_keep_their_capitals_only_where_the_text_shows_them_to_be_proper():
    text = "Variational Inference on ImageNet with Gaussian Processes\nWe use ImageNet."
    made = entities(text, "Variational Inference", "ImageNet", "Gaussian Processes")
    assert [e.name for e in made] == ["variational inference", "ImageNet", "Gaussian process"]


def test_a_word_that_sentences_write_with_a_capital_keeps_it_in_a_title():
    made = entities("Learning Potts Models on Sparse Graphs\nWe learn.", "Potts Models", "Sparse Graphs")
    assert [e.name for e in made] == ["Potts model", "sparse graph"]


def test_a_name_keeps_its_inner_capitals_where_an_address_has_none():
    text = "T\nWe release TrajAir at https://github.com/us/trajair and train on TrajAir."
    assert [e.name for e in entities(text, "TrajAir", "trajair")] == ["TrajAir"]


def test_plural_acronyms_and_names_that_end_in_s():
    text = "T\nWe compare RNNs with Keras and with the analysis of bias."
    assert [e.name for e in entities(text, "RNNs", "Keras", "bias")] == ["RNN", "Keras", "bias"]


def test_no_mentions_no_entities():
    assert group("T\nx", [], []) == ([], [])


def test_known_acronyms_join_without_a_definition_unless_two_long_forms_fit():
    text = "T\nLarge language models are tested. LLMs, LLM and convolutional neural networks; a CNN."
    made = entities(text, "Large language models", "LLMs", "LLM", "convolutional neural networks", "CNN")
    assert [e.name for e in made] == ["large language model", "convolutional neural network"]
    text = "T\nGraph neural networks and Gaussian noise networks: GNN."
    assert len(entities(text, "Graph neural networks", "Gaussian noise networks", "GNN")) == 3


def test_a_word_written_together_or_apart_is_one():
    text = "T\npre-training, pretraining and pre training"
    assert len(entities(text, "pre-training", "pretraining", "pre training")) == 1


def test_the_plural_of_a_name_in_capitals_goes_unless_it_is_a_dataset_or_stands_alone():
    text = "T\nWe study Cooperative Competitive Networks on Flying Chairs in Keras."
    mentions = [
        mention(text, "Cooperative Competitive Networks"),
        mention(text, "Flying Chairs", "Dataset"),
        mention(text, "Keras", "Software"),
    ]
    assert [e.name for e in group(text, mentions, [])[1]] == [
        "Cooperative Competitive Network",
        "Flying Chairs",
        "Keras",
    ]


def test_the_end_of_a_printed_line_is_in_no_name():
    text = "Inference\nWe extend loopy belief propaga- tion. Loopy belief propagation is a semi- supervised method."
    made = entities(text, "loopy belief propaga- tion", "Loopy belief propagation", "semi- supervised method")
    assert [e.name for e in made] == ["loopy belief propagation", "semi-supervised method"]
    assert "loopy belief propaga- tion" in made[0].mentions


def test_a_name_of_two_parts_keeps_the_capital_that_only_a_title_shows():
    text = "Sentence-BERT: Siamese Networks by Convolutional LSTM for Non-IID Data\nWe train."
    made = entities(text, "Sentence-BERT", "Convolutional LSTM", mention(text, "Non-IID Data", "Concept"))
    assert [e.name for e in made] == ["Sentence-BERT", "convolutional LSTM", "non-IID data"]
