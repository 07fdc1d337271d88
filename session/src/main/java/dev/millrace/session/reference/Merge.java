package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import java.util.function.DoubleBinaryOperator;

/** How the element at a place and one that is put there become one. */
@SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
enum Merge {
  /** The new one stays. */
  UPDATE(null, null),
  /** The sum; of bools, whether one is true. */
  ADD(Double::sum, (x, y, t) -> x + y),
  SUB((x, y) -> x - y, (x, y, t) -> x - y),
  MUL((x, y) -> x * y, (x, y, t) -> x * y),
  DIV((x, y) -> x / y, IntegerArithmetic::truncateDiv),
  /** A NaN that is there stays, one that comes gives way. */
  MIN((x, y) -> y < x ? y : x, IntegerArithmetic::min),
  MAX((x, y) -> x < y ? y : x, IntegerArithmetic::max);

  private final DoubleBinaryOperator reals;
  private final Elementwise.Integers integers;

  Merge(DoubleBinaryOperator reals, Elementwise.Integers integers) {
    this.reals = reals;
    this.integers = integers;
  }

  /** Whether it is there for elements of that dtype. */
  boolean takes(DataType t) {
    if (t.isComplex()) {
      return this != MIN && this != MAX;
    }
    return this == UPDATE || t.isFloating() || t.isInteger() || (this == ADD && t == DataType.BOOL);
  }

  double apply(double there, double comes) {
    return reals.applyAsDouble(there, comes);
  }

  Complex apply(Complex there, Complex comes) {
    return switch (this) {
      case UPDATE -> comes;
      case ADD -> there.plus(comes);
      case SUB -> there.minus(comes);
      case MUL -> there.times(comes);
      case DIV -> there.over(comes);
      default -> throw new InternalException("complex numbers have no order");
    };
  }

  long apply(long there, long comes, DataType t) {
    return integers.apply(there, comes, t);
  }
}
