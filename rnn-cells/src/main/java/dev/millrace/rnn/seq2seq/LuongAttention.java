package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * Multiplicative attention: a key's score is its product with the query, which must be of {@code
 * units} columns. Luong et al., "Effective Approaches to Attention-based Neural Machine
 * Translation", 2015 (TensorFlow's LuongAttention). Variable {@code memory_layer/kernel}; scaled,
 * {@code luong_attention/attention_g}.
 */
public final class LuongAttention extends MemoryAttention {
  private final boolean scale;

  /** Over a memory [batch, time, size]. */
  public LuongAttention(int units, Tensor memory) {
    this(builder(units, memory));
  }

  private LuongAttention(Builder b) {
    super(b, "luong_attention");
    this.scale = b.scale;
  }

  /** Begins an attention, to say more about it. */
  public static Builder builder(int units, Tensor memory) {
    return new Builder(units, memory);
  }

  /** Collects what is to be said about an attention. */
  public static final class Builder extends Options<Builder> {
    private boolean scale;

    private Builder(int units, Tensor memory) {
      super(units, memory);
    }

    /** Whether scores are multiplied by a variable that begins as 1; by default not. */
    public Builder scale(boolean scale) {
      this.scale = scale;
      return this;
    }

    /** Makes the attention, its memory layer in the current variable scope. */
    public LuongAttention build() {
      return new LuongAttention(this);
    }
  }

  @Override
  Tensor score(Ops tf, Tensor query) {
    long size = query.shape().dim(-1);
    long units = keys().shape().dim(2);
    if (size != units) {
      throw InvalidArgumentException.atCall(
          "Luong attention multiplies the query with the keys, but the query '"
              + query.name()
              + "' has "
              + size
              + " columns and the keys have "
              + units
              + "; make the attention with "
              + size
              + " units");
    }
    Tensor products = tf.matmul(tf.expandDims(query, 1), keys(), false, true);
    Tensor score = tf.squeeze(products, 1);
    if (!scale) {
      return score;
    }
    return tf.mul(
        tf.getVariable("attention_g", Initializers.ones(), query.dtype(), Shape.scalar()), score);
  }
}
