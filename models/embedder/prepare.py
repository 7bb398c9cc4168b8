"""Writes the embedder as a sentence-transformers model: encoder, tokenizer, mean pooling, unit length, e5's prompts."""

from __future__ import annotations

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from models.embedder.package import Packed, Shape, Vocabulary, read

_WIDE_TILDE = "\uff5e"
_STAND_IN = "\ue000"

PROMPTS = {"query": "query: ", "document": "passage: "}


def prepare(source: Path, target: Path) -> None:
    """Convert the package's file `source` into the model folder `target`."""
    packed = read(source)
    tokenizer(packed.vocabulary, packed.shape.positions).save_pretrained(str(target))
    encoder(packed).save_pretrained(str(target))
    transformer = Transformer(str(target), max_seq_length=packed.shape.positions)
    modules = [transformer, Pooling(packed.shape.hidden, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu").save(str(target), create_model_card=False)


def encoder(packed: Packed) -> BertModel:
    """The encoder in float32."""
    model = BertModel(_config(packed.shape, packed.vocabulary), add_pooling_layer=False)
    state = {name: torch.from_numpy(values) for name, values in packed.tensors.items()}
    model.load_state_dict(state)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def _config(shape: Shape, vocabulary: Vocabulary) -> BertConfig:
    return BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=vocabulary.pad,
        bos_token_id=vocabulary.bos,
        eos_token_id=vocabulary.eos,
    )


def tokenizer(vocabulary: Vocabulary, positions: int) -> PreTrainedTokenizerFast:
    """XLM-RoBERTa's tokenizer over the package's pieces."""
    inner = Tokenizer(Unigram(vocabulary.pieces, unk_id=vocabulary.unk))
    inner.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            # NFKC folds the wide tilde of "3～5天"; the model was trained with the tilde kept.
            normalizers.Replace(_WIDE_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _WIDE_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    inner.decoder = decoders.Metaspace(prepend_scheme="always")
    begin, end = ("<s>", vocabulary.bos), ("</s>", vocabulary.eos)
    inner.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[begin, end]
    )
    special = ("<s>", "<pad>", "</s>", "<unk>")
    inner.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in special])
    roles = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>", "unk": "<unk>", "pad": "<pad>"}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=inner,
        model_max_length=positions,
        model_input_names=["input_ids", "attention_mask"],
        **{f"{role}_token": text for role, text in roles.items()},
    )
