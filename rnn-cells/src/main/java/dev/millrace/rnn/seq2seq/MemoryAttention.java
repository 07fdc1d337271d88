package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.VariableScope;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Attention by a score for each row of a memory, of which a softmax makes weights. Rows past the
 * memory's lengths are zeros and get no weight.
 */
public abstract class MemoryAttention implements AttentionMechanism {
  /**
   * What every attention by scores can be told.
   *
   * @param <B> the builder that extends this
   */
  public abstract static class Options<B extends Options<B>> {
    final int units;
    final Tensor memory;
    private Object lengths;
    private double scoreMaskValue = Double.NEGATIVE_INFINITY;
    private UnaryOperator<Tensor> probability = Tensor::softmax;

    Options(int units, Tensor memory) {
      this.units = units;
      this.memory = memory;
    }

    /** How many of the memory's rows each example has: integers [batch], positive. */
    public B memorySequenceLength(Object lengths) {
      this.lengths = lengths;
      return self();
    }

    /** The score of rows that an example does not have; by default minus infinity. */
    public B scoreMaskValue(double value) {
      this.scoreMaskValue = value;
      return self();
    }

    /** What makes weights of scores, [batch, memory time]; by default a softmax. */
    public B probabilityFunction(UnaryOperator<Tensor> f) {
      this.probability = f;
      return self();
    }

    @SuppressWarnings("unchecked") // every subclass is its own B
    private B self() {
      return (B) this;
    }
  }

  private final String scope;
  private final Tensor lengths;
  private final double scoreMaskValue;
  private final UnaryOperator<Tensor> probability;
  private final Tensor values;
  private final Tensor keys;

  /** Masks and projects the memory, with the variable {@code memory_layer/kernel}. */
  MemoryAttention(Options<?> o, String scope) {
    this.scope = scope;
    this.scoreMaskValue = o.scoreMaskValue;
    this.probability = o.probability;
    Tensor memory = o.memory;
    Shape s = memory.shape();
    if (!s.hasRank() || s.rank() != 3 || s.dim(2) == Shape.UNKNOWN) {
      throw InvalidArgumentException.atCall(
          "a memory is [batch, time, size] of known size, not " + memory);
    }
    Ops tf = memory.ops();
    this.lengths = lengths(tf, o.lengths, s.dim(0));
    Tensor kept;
    try (Scope n = tf.scope(getClass().getSimpleName() + "Init")) {
      kept = lengths == null ? memory : masked(tf, memory);
    }
    this.values = kept;
    this.keys = new Projection("memory_layer", o.units).apply(tf, kept);
  }

  private static Tensor lengths(Ops tf, Object lengths, long batch) {
    if (lengths == null) {
      return null;
    }
    Tensor l = lengths instanceof Operand x ? tf.tensor(x) : tf.constant(lengths);
    if (!l.dtype().isInteger() || !l.shape().isCompatibleWith(Shape.vector(batch))) {
      throw InvalidArgumentException.atCall(
          "memorySequenceLength is a vector of integers, one for each example of the memory, not "
              + l);
    }
    return l;
  }

  private Tensor masked(Ops tf, Tensor memory) {
    Tensor mask = tf.sequenceMask(lengths, memory.shapeTensor().get(1), memory.dtype());
    return tf.mul(memory, tf.expandDims(mask, 2)).setShape(memory.shape());
  }

  @Override
  public final Tensor values() {
    return values;
  }

  /** The memory's rows as scores are made of them, [batch, memory time, units]. */
  public final Tensor keys() {
    return keys;
  }

  /** The score of each key, [batch, memory time]; a variable scope for it is open. */
  abstract Tensor score(Ops tf, Tensor query);

  @Override
  public final Alignment align(Ops tf, Tensor query, Object state) {
    Tensor score;
    try (VariableScope s = tf.variableScope(null, scope)) {
      score = score(tf, query);
    }
    Tensor alignments = probability.apply(maskedScore(tf, score));
    return new Alignment(alignments, alignments);
  }

  private Tensor maskedScore(Ops tf, Tensor score) {
    if (lengths == null) {
      return score;
    }
    Operation check =
        tf.assertThat(
            tf.reduceAll(tf.greater(lengths, 0)),
            List.of("memorySequenceLength must be positive, but is", lengths));
    try (Scope wait = tf.controlDependencies(check)) {
      Tensor mask = tf.sequenceMask(lengths, score.shapeTensor().get(1), DataType.BOOL);
      return tf.where(mask, score, tf.mul(scoreMaskValue, tf.onesLike(score)));
    }
  }
}
