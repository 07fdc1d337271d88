package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;

/**
 * Additive attention: a key's score is {@code v · tanh(key + query)}. Bahdanau et al., "Neural
 * Machine Translation by Jointly Learning to Align and Translate", 2014; normalized as in Salimans
 * and Kingma, "Weight Normalization", 2016 (TensorFlow's BahdanauAttention). Variables {@code
 * memory_layer/kernel}, and in {@code bahdanau_attention} {@code query_layer/kernel}, {@code
 * attention_v}; normalized, {@code attention_g} and {@code attention_b} too.
 */
public final class BahdanauAttention extends MemoryAttention {
  private final int units;
  private final boolean normalize;
  private final Projection queryLayer;

  /** Over a memory [batch, time, size]. */
  public BahdanauAttention(int units, Tensor memory) {
    this(builder(units, memory));
  }

  private BahdanauAttention(Builder b) {
    super(b, "bahdanau_attention");
    this.units = b.units;
    this.normalize = b.normalize;
    this.queryLayer = new Projection("query_layer", b.units);
  }

  /** Begins an attention, to say more about it. */
  public static Builder builder(int units, Tensor memory) {
    return new Builder(units, memory);
  }

  /** Collects what is to be said about an attention. */
  public static final class Builder extends Options<Builder> {
    private boolean normalize;

    private Builder(int units, Tensor memory) {
      super(units, memory);
    }

    /** Whether the length of v is learnt apart, and a bias added; by default not. */
    public Builder normalize(boolean normalize) {
      this.normalize = normalize;
      return this;
    }

    /** Makes the attention, its memory layer in the current variable scope. */
    public BahdanauAttention build() {
      return new BahdanauAttention(this);
    }
  }

  @Override
  Tensor score(Ops tf, Tensor query) {
    DataType t = query.dtype();
    Tensor asked = tf.expandDims(queryLayer.apply(tf, query), 1);
    Variable v = tf.getVariable("attention_v", null, t, Shape.vector(units));
    if (!normalize) {
      return tf.reduceSum(tf.mul(v, tf.tanh(tf.add(keys(), asked))), 2);
    }
    Variable g =
        tf.getVariable(
            "attention_g", Initializers.constant(Math.sqrt(1.0 / units)), t, Shape.scalar());
    Variable b = tf.getVariable("attention_b", Initializers.zeros(), t, Shape.vector(units));
    Tensor normed = tf.mul(tf.mul(g, v), tf.rsqrt(tf.reduceSum(tf.square(v))));
    return tf.reduceSum(tf.mul(normed, tf.tanh(tf.add(tf.add(keys(), asked), b))), 2);
  }
}
