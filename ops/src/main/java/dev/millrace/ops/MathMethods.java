package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;

/**
 * Arithmetic on whatever stands for a tensor. The second operand may be a tensor, a Java number,
 * boolean, string, array or list: see {@link Ops} for how they convert. Binary ops broadcast.
 */
public interface MathMethods extends Operand {
  /** The ops of this tensor's graph, which its methods go through. */
  Ops ops();

  /** {@code this + other}; strings are joined (AddV2). */
  default Tensor add(Object other) {
    return ops().add(this, other);
  }

  /** {@code this - other} (Sub). */
  default Tensor sub(Object other) {
    return ops().sub(this, other);
  }

  /** {@code this * other} (Mul). */
  default Tensor mul(Object other) {
    return ops().mul(this, other);
  }

  /**
   * {@code this / other} as Python 3 divides: integers give floats (RealDiv); see {@link Ops#div}.
   */
  default Tensor div(Object other) {
    return ops().div(this, other);
  }

  /** The quotient rounded towards minus infinity (FloorDiv). */
  default Tensor floorDiv(Object other) {
    return ops().floorDiv(this, other);
  }

  /** The remainder with the sign of {@code other} (FloorMod). */
  default Tensor mod(Object other) {
    return ops().mod(this, other);
  }

  /** This to the power of {@code other} (Pow). */
  default Tensor pow(Object other) {
    return ops().pow(this, other);
  }

  /** The greater of the two (Maximum). */
  default Tensor maximum(Object other) {
    return ops().maximum(this, other);
  }

  /** The smaller of the two (Minimum). */
  default Tensor minimum(Object other) {
    return ops().minimum(this, other);
  }

  /** {@code (this - other)²} (SquaredDifference). */
  default Tensor squaredDifference(Object other) {
    return ops().squaredDifference(this, other);
  }

  /** Whether {@code this < other}: bool (Less). */
  default Tensor less(Object other) {
    return ops().less(this, other);
  }

  /** Whether {@code this <= other}: bool (LessEqual). */
  default Tensor lessEqual(Object other) {
    return ops().lessEqual(this, other);
  }

  /** Whether {@code this > other}: bool (Greater). */
  default Tensor greater(Object other) {
    return ops().greater(this, other);
  }

  /** Whether {@code this >= other}: bool (GreaterEqual). */
  default Tensor greaterEqual(Object other) {
    return ops().greaterEqual(this, other);
  }

  /** Whether the two are equal: bool (Equal). */
  default Tensor equal(Object other) {
    return ops().equal(this, other);
  }

  /** Whether the two differ: bool (NotEqual). */
  default Tensor notEqual(Object other) {
    return ops().notEqual(this, other);
  }

  /** Whether both are true (LogicalAnd). */
  default Tensor logicalAnd(Object other) {
    return ops().logicalAnd(this, other);
  }

  /** Whether one is true (LogicalOr). */
  default Tensor logicalOr(Object other) {
    return ops().logicalOr(this, other);
  }

  /** Whether just one is true (Or, And and Not). */
  default Tensor logicalXor(Object other) {
    return ops().logicalXor(this, other);
  }

  /** The matrix product; see {@link Ops#matmul(Object, Object)}. */
  default Tensor matmul(Object other) {
    return ops().matmul(this, other);
  }

  /** The matrix product, either side transposed first; see {@link Ops#matmul(Object, Object)}. */
  default Tensor matmul(Object other, boolean transposeThis, boolean transposeOther) {
    return ops().matmul(this, other, transposeThis, transposeOther);
  }

  /** {@code -x} (Neg). */
  default Tensor neg() {
    return ops().neg(this);
  }

  /** The absolute value; of a complex number its real-valued magnitude (ComplexAbs) (Abs). */
  default Tensor abs() {
    return ops().abs(this);
  }

  /** -1, 0 or 1 by the sign; of a complex number, it divided by its magnitude (Sign). */
  default Tensor sign() {
    return ops().sign(this);
  }

  /** {@code this * x} (Square). */
  default Tensor square() {
    return ops().square(this);
  }

  /** The square root; NaN below 0 (Sqrt). */
  default Tensor sqrt() {
    return ops().sqrt(this);
  }

  /** {@code 1 / sqrt(x)} (Rsqrt). */
  default Tensor rsqrt() {
    return ops().rsqrt(this);
  }

  /** E to the power of x (Exp). */
  default Tensor exp() {
    return ops().exp(this);
  }

  /** {@code exp(x) - 1}, exact near 0 (Expm1). */
  default Tensor expm1() {
    return ops().expm1(this);
  }

  /** The natural logarithm; -inf at 0, NaN below (Log). */
  default Tensor log() {
    return ops().log(this);
  }

  /** {@code log(1 + x)}, exact near 0 (Log1p). */
  default Tensor log1p() {
    return ops().log1p(this);
  }

  /** The sine, this in radians (Sin). */
  default Tensor sin() {
    return ops().sin(this);
  }

  /** The cosine, this in radians (Cos). */
  default Tensor cos() {
    return ops().cos(this);
  }

  /** The tangent, this in radians (Tan). */
  default Tensor tan() {
    return ops().tan(this);
  }

  /** The arc sine in radians (Asin). */
  default Tensor asin() {
    return ops().asin(this);
  }

  /** The arc cosine in radians (Acos). */
  default Tensor acos() {
    return ops().acos(this);
  }

  /** The arc tangent in radians (Atan). */
  default Tensor atan() {
    return ops().atan(this);
  }

  /** The hyperbolic sine (Sinh). */
  default Tensor sinh() {
    return ops().sinh(this);
  }

  /** The hyperbolic cosine (Cosh). */
  default Tensor cosh() {
    return ops().cosh(this);
  }

  /** The hyperbolic tangent (Tanh). */
  default Tensor tanh() {
    return ops().tanh(this);
  }

  /** The inverse hyperbolic sine (Asinh). */
  default Tensor asinh() {
    return ops().asinh(this);
  }

  /** The inverse hyperbolic cosine (Acosh). */
  default Tensor acosh() {
    return ops().acosh(this);
  }

  /** The inverse hyperbolic tangent (Atanh). */
  default Tensor atanh() {
    return ops().atanh(this);
  }

  /** {@code 1 / (1 + exp(-x))} (Sigmoid). */
  default Tensor sigmoid() {
    return ops().sigmoid(this);
  }

  /** The error function (Erf). */
  default Tensor erf() {
    return ops().erf(this);
  }

  /** {@code 1 - erf(x)}, exact where that is small (Erfc). */
  default Tensor erfc() {
    return ops().erfc(this);
  }

  /** The logarithm of |gamma(x)| (Lgamma). */
  default Tensor lgamma() {
    return ops().lgamma(this);
  }

  /** The derivative of {@link #lgamma} (Digamma). */
  default Tensor digamma() {
    return ops().digamma(this);
  }

  /** The greatest whole number not above x, as a float (Floor). */
  default Tensor floor() {
    return ops().floor(this);
  }

  /** The smallest whole number not below x, as a float (Ceil). */
  default Tensor ceil() {
    return ops().ceil(this);
  }

  /** The nearest whole number, halves to the even one (Rint). */
  default Tensor rint() {
    return ops().rint(this);
  }

  /** {@code 1 / x} (Reciprocal). */
  default Tensor reciprocal() {
    return ops().reciprocal(this);
  }

  /** Whether this is NaN: bool (IsNan). */
  default Tensor isNan() {
    return ops().isNan(this);
  }

  /** Whether this is infinite: bool (IsInf). */
  default Tensor isInf() {
    return ops().isInf(this);
  }

  /** Whether this is neither infinite nor NaN: bool (IsFinite). */
  default Tensor isFinite() {
    return ops().isFinite(this);
  }

  /** The opposite of bool x (LogicalNot). */
  default Tensor logicalNot() {
    return ops().logicalNot(this);
  }

  /** The nearest whole number, halves to the even one (Round); integers as they are. */
  default Tensor round() {
    return ops().round(this);
  }

  /** This in another dtype (Cast); itself if it is of that one. See {@link Ops#cast}. */
  default Tensor cast(DataType to) {
    return ops().cast(this, to);
  }

  /** This held between {@code min} and {@code max} (Minimum, Maximum). */
  default Tensor clipByValue(Object min, Object max) {
    return ops().clipByValue(this, min, max);
  }
}
