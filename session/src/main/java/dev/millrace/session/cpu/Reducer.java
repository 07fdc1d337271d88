package dev.millrace.session.cpu;

/**
 * How elements become one: the loops of a reduction for one op and dtype. Blocks of elements are
 * folded into partial results in the elements' own type, which vectorises, and after a few folds
 * these go into accumulators of a type that loses nothing. Has no state.
 */
abstract class Reducer {
  /** The lane of the elements and results. */
  final Lane lane;

  /** The lane of the accumulators: doubles, longs or bytes. */
  final Lane accumulators;

  /**
   * How many blocks may be folded before the partial results must be flushed; 1 where blocks go
   * into the accumulators straight.
   */
  final int folds;

  Reducer(Lane lane, Lane accumulators, int folds) {
    this.lane = lane;
    this.accumulators = accumulators;
    this.folds = folds;
  }

  /** A new array of accumulators. */
  abstract Object allocate(int n);

  /** Makes {@code acc[at]} and on the result of nothing. */
  abstract void reset(Object acc, int at, int n);

  /** What is done to each element first. */
  void prepare(Object x, int n) {}

  /** {@code part[i] = part[i] + x[i]}, whatever + is. */
  abstract void fold(Object part, Object x, int n);

  /** {@code acc[i] = acc[i] + part[i]}, for folded blocks. */
  abstract void flush(Object part, Object acc, int n);

  /** {@code acc[i] = acc[i] + x[i]}, for the elements themselves. */
  abstract void direct(Object x, Object acc, int n);

  /** Adds {@code n} elements of {@code x} from {@code at} on to {@code acc[j]}. */
  abstract void row(Object x, int at, int n, Object acc, int j);

  /** {@code to[j + i] = to[j + i] + from[at + i]}, on accumulators. */
  abstract void merge(Object from, int at, Object to, int j, int n);

  /**
   * Makes results of {@code n} accumulators from {@code at} on; {@code count} elements went into
   * each.
   */
  abstract void finish(Object acc, int at, Object result, int n, int count);

  /**
   * Whether the accumulators tell that the fast loops did wrong, so that all must be done again by
   * {@link #direct}.
   */
  boolean spoilt(Object acc, int n) {
    return false;
  }
}
