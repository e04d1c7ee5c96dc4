"""What attention layers have in common: the mask that hides later steps, and the counts."""

# True where step t must not look: at those after it. Of x as (B, T, D) and as (T, B, D).
CAUSAL_BATCH_FIRST = "{x}.new_ones({x}.size(1), {x}.size(1)).triu(1).bool()"
CAUSAL_STEPS_FIRST = "{x}.new_ones({x}.size(0), {x}.size(0)).triu(1).bool()"


def attention_macs(steps: int, others: int, features: int) -> int:
    """Four linear maps (query and output of `steps`, key and value of `others`), and Q Kᵀ and its
    product with V over all pairs.
    """
    return 2 * (steps + others) * features**2 + 2 * steps * others * features


def transformer_weights(features: int, hidden: int, attentions: int) -> int:
    """Attention, feed-forward and a LayerNorm after each, all with biases."""
    feed_forward = hidden * (features + 1) + features * (hidden + 1)
    return (
        attentions * 4 * features * (features + 1) + feed_forward + 2 * features * (attentions + 1)
    )
