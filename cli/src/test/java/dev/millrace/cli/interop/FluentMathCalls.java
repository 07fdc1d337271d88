package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Calls of arithmetic, functions, comparisons, reductions, sampling and linear algebra. */
final class FluentMathCalls {
  private FluentMathCalls() {}

  static FluentCalls functions() {
    FluentCalls c = new FluentCalls();
    BiFunction<FluentCalls, Ops, Tensor> any = (f, tf) -> f.any(2, 3);
    c.add("neg", (f, tf) -> tf.neg(f.any(3)));
    c.add("sign", (f, tf) -> tf.sign(f.in(new float[] {-2, 0, 3})));
    c.add("square", (f, tf) -> tf.square(f.any(3)));
    c.add("sqrt", (f, tf) -> tf.sqrt(f.positive(3)));
    c.add("rsqrt", (f, tf) -> tf.rsqrt(f.positive(3)));
    c.add("exp", (f, tf) -> tf.exp(any.apply(f, tf)));
    c.add("expm1", (f, tf) -> tf.expm1(f.any(3)));
    c.add("log", (f, tf) -> tf.log(f.positive(3)));
    c.add("log1p", (f, tf) -> tf.log1p(f.positive(3)));
    c.add("sin", (f, tf) -> tf.sin(f.any(3)));
    c.add("cos", (f, tf) -> tf.cos(f.any(3)));
    c.add("tan", (f, tf) -> tf.tan(f.between(-1, 1, 3)));
    c.add("asin", (f, tf) -> tf.asin(f.between(-0.9, 0.9, 3)));
    c.add("acos", (f, tf) -> tf.acos(f.between(-0.9, 0.9, 3)));
    c.add("atan", (f, tf) -> tf.atan(f.any(3)));
    c.add("sinh", (f, tf) -> tf.sinh(f.any(3)));
    c.add("cosh", (f, tf) -> tf.cosh(f.any(3)));
    c.add("tanh", (f, tf) -> tf.tanh(f.any(3)));
    c.add("asinh", (f, tf) -> tf.asinh(f.any(3)));
    c.add("acosh", (f, tf) -> tf.acosh(f.between(1.1, 4, 3)));
    c.add("atanh", (f, tf) -> tf.atanh(f.between(-0.9, 0.9, 3)));
    c.add("sigmoid", (f, tf) -> tf.sigmoid(f.any(3)));
    c.add("erf", (f, tf) -> tf.erf(f.any(3)));
    c.add("erfc", (f, tf) -> tf.erfc(f.any(3)));
    c.add("lgamma", (f, tf) -> tf.lgamma(f.positive(3)));
    c.add("digamma", (f, tf) -> tf.digamma(f.positive(3)));
    c.add("floor", (f, tf) -> tf.floor(f.any(3)));
    c.add("ceil", (f, tf) -> tf.ceil(f.any(3)));
    c.add("rint", (f, tf) -> tf.rint(f.in(new float[] {0.5f, 1.5f, -2.4f})));
    c.add("round", (f, tf) -> List.of(tf.round(f.any(3)), tf.round(f.ints(1, 2))));
    c.add("reciprocal", (f, tf) -> tf.reciprocal(f.positive(3)));
    c.add("isNan", (f, tf) -> tf.isNan(f.in(new float[] {Float.NaN, 1})));
    c.add("isInf", (f, tf) -> tf.isInf(f.in(new float[] {Float.NEGATIVE_INFINITY, 1})));
    c.add("isFinite", (f, tf) -> tf.isFinite(f.in(new float[] {Float.NaN, 1})));
    c.add("logicalNot", (f, tf) -> tf.logicalNot(f.in(new boolean[] {true, false})));
    c.add("abs", (f, tf) -> List.of(tf.abs(f.any(3)), tf.abs(tf.complex(f.any(2), f.any(2)))));
    c.add("complex", (f, tf) -> tf.complex(f.any(3), f.any(3)));
    c.add("real", (f, tf) -> tf.real(tf.complex(f.any(3), f.any(3))));
    c.add("imag", (f, tf) -> tf.imag(tf.complex(f.any(3), f.any(3))));
    c.add("angle", (f, tf) -> tf.angle(tf.complex(f.any(3), f.any(3))));
    c.add("conj", (f, tf) -> tf.conj(tf.complex(f.any(3), f.any(3))));
    c.add("cast", (f, tf) -> tf.cast(f.any(3), DataType.INT32));
    c.add("saturateCast", (f, tf) -> tf.saturateCast(f.between(-300, 900, 5), DataType.UINT8));
    c.add("logSigmoid", (f, tf) -> tf.logSigmoid(f.any(3)));
    c.add("polyval", (f, tf) -> tf.polyval(List.of(1, f.any(3), 2), f.any(3)));
    return c;
  }

  static FluentCalls arithmetic() {
    FluentCalls c = new FluentCalls();
    c.add("add", (f, tf) -> List.of(tf.add(f.any(2, 3), f.any(3)), tf.add(1, f.ints(2))));
    c.add("sub", (f, tf) -> tf.sub(f.any(2, 3), f.any(2, 1)));
    c.add("mul", (f, tf) -> tf.mul(f.any(2, 3), 2.5));
    c.add("div", (f, tf) -> List.of(tf.div(f.any(3), f.positive(3)), tf.div(f.ints(7), 2)));
    c.add("floorDiv", (f, tf) -> tf.floorDiv(f.ints(-7, 7), f.ints(2, -2)));
    c.add("mod", (f, tf) -> tf.mod(f.ints(-7, 7), f.ints(3, -3)));
    c.add("divNoNan", (f, tf) -> tf.divNoNan(f.any(2), f.in(new float[] {0, 3})));
    c.add("pow", (f, tf) -> tf.pow(f.positive(3), f.any(3)));
    c.add("maximum", (f, tf) -> tf.maximum(f.any(2, 3), f.any(3)));
    c.add("minimum", (f, tf) -> tf.minimum(f.any(2, 3), 0));
    c.add("squaredDifference", (f, tf) -> tf.squaredDifference(f.any(3), f.any(3)));
    c.add("atan2", (f, tf) -> tf.atan2(f.any(3), f.any(3)));
    c.add("truncateDiv", (f, tf) -> tf.truncateDiv(f.ints(-7, 7), 2));
    c.add("truncateMod", (f, tf) -> tf.truncateMod(f.ints(-7, 7), 3));
    c.add("mulNoNan", (f, tf) -> tf.mulNoNan(f.any(2), f.in(new float[] {0, 3})));
    c.add("xdivy", (f, tf) -> tf.xdivy(f.in(new float[] {0, 3}), f.in(new float[] {0, 2})));
    c.add("xlogy", (f, tf) -> tf.xlogy(f.in(new float[] {0, 3}), f.in(new float[] {0, 2})));
    c.add("nextAfter", (f, tf) -> tf.nextAfter(f.any(3), f.any(3)));
    c.add("approximateEqual", (f, tf) -> tf.approximateEqual(f.any(5), f.any(5), 0.5));
    c.add("accumulateN", (f, tf) -> tf.accumulateN(List.of(f.any(3), f.any(3), f.any(3))));
    c.add("addN", (f, tf) -> tf.addN(List.of(f.any(3), f.any(3), f.any(3))));
    c.add("less", (f, tf) -> tf.less(f.any(5), 0));
    c.add("lessEqual", (f, tf) -> tf.lessEqual(f.ints(1, 2, 3), 2));
    c.add("greater", (f, tf) -> tf.greater(f.any(5), 0));
    c.add("greaterEqual", (f, tf) -> tf.greaterEqual(f.ints(1, 2, 3), 2));
    c.add("equal", (f, tf) -> tf.equal(f.ints(1, 2, 3), f.ints(1, 3, 3)));
    c.add("notEqual", (f, tf) -> tf.notEqual(f.ints(1, 2, 3), 2));
    boolean[] p = {true, true, false, false};
    boolean[] q = {true, false, true, false};
    c.add("logicalAnd", (f, tf) -> tf.logicalAnd(f.in(p), f.in(q)));
    c.add("logicalOr", (f, tf) -> tf.logicalOr(f.in(p), f.in(q)));
    c.add("logicalXor", (f, tf) -> tf.logicalXor(f.in(p), f.in(q)));
    c.add("clipByValue", (f, tf) -> tf.clipByValue(f.any(5), -0.5, 1));
    c.add(
        "matmul",
        (f, tf) ->
            List.of(
                tf.matmul(f.any(2, 3), f.any(3, 4)),
                tf.matmul(f.any(3, 2), f.any(4, 3), true, true),
                tf.matmul(f.any(5, 2, 3), f.any(5, 4, 3), false, true)));
    c.add("tensordot", (f, tf) -> tf.tensordot(f.any(2, 3, 4), f.any(3, 4, 2), 2));
    c.add(
        "tensordot",
        (f, tf) ->
            tf.tensordot(f.any(2, 3, 4), f.any(4, 5, 2), new int[] {2, 0}, new int[] {0, 2}));
    c.add("einsum", (f, tf) -> tf.einsum("bij,bjk->bik", f.any(2, 3, 4), f.any(2, 4, 5)));
    return c;
  }

  static FluentCalls numbers() {
    FluentCalls c = new FluentCalls();
    c.add("bitwiseAnd", (f, tf) -> tf.bitwiseAnd(f.ints(12, 7), 10));
    c.add("bitwiseOr", (f, tf) -> tf.bitwiseOr(f.ints(12, 7), 10));
    c.add("bitwiseXor", (f, tf) -> tf.bitwiseXor(f.ints(12, 7), 10));
    c.add("invert", (f, tf) -> tf.invert(f.ints(12, -7)));
    c.add("leftShift", (f, tf) -> tf.leftShift(f.ints(12, -7), 3));
    c.add("rightShift", (f, tf) -> tf.rightShift(f.ints(12, -7), 1));
    c.add("populationCount", (f, tf) -> tf.populationCount(f.ints(12, -7)));
    c.add("igamma", (f, tf) -> tf.igamma(f.positive(3), f.positive(3)));
    c.add("igammac", (f, tf) -> tf.igammac(f.positive(3), f.positive(3)));
    c.add("zeta", (f, tf) -> tf.zeta(f.between(1.5, 4, 3), f.positive(3)));
    c.add("polygamma", (f, tf) -> tf.polygamma(f.in(new float[] {0, 1, 2}), f.positive(3)));
    c.add("betainc", (f, tf) -> tf.betainc(f.positive(3), f.positive(3), f.between(0.1, 0.9, 3)));
    c.add("cross", (f, tf) -> tf.cross(f.any(2, 3), f.any(2, 3)));
    c.add("cumulativeLogsumexp", (f, tf) -> tf.cumulativeLogsumexp(f.any(5), 0, false, true));
    c.add(
        "bincount",
        (f, tf) ->
            List.of(
                tf.bincount(f.ints(1, 2, 2, 5)),
                tf.bincount(f.ints(1, 2, 2, 5), 8, f.any(4)),
                tf.bincount(f.ints(1, 2), null, 3, 4, DataType.INT64)));
    c.add(
        "histogramFixedWidth", (f, tf) -> tf.histogramFixedWidth(f.any(9), new float[] {-1, 1}, 4));
    c.add("bucketize", (f, tf) -> tf.bucketize(f.any(9), -1, 0, 1));
    float[] sorted = {-1, 0, 0, 2};
    c.add("searchSorted", (f, tf) -> tf.searchSorted(f.in(sorted), f.in(new float[] {0, 5}), true));
    c.add("setdiff1d", (f, tf) -> tf.setdiff1d(f.ints(1, 2, 3, 4), f.ints(2, 9)));
    c.add("unravelIndex", (f, tf) -> tf.unravelIndex(f.ints(5, 7), f.ints(3, 4)));
    return c;
  }

  static FluentCalls reductions() {
    FluentCalls c = new FluentCalls();
    c.add(
        "reduceSum",
        (f, tf) ->
            List.of(
                tf.reduceSum(f.any(2, 3)),
                tf.reduceSum(f.any(2, 3), true, -1),
                tf.reduceSum(f.any(2, 3), f.ints(0), false)));
    c.add(
        "reduceMean",
        (f, tf) -> List.of(tf.reduceMean(f.any(2, 3), 0), tf.reduceMean(f.ints(7, 8))));
    c.add("reduceMax", (f, tf) -> tf.reduceMax(f.any(2, 3), true, 1));
    c.add("reduceMin", (f, tf) -> tf.reduceMin(f.any(2, 3), 1));
    c.add("reduceProd", (f, tf) -> tf.reduceProd(f.any(2, 3), 1));
    boolean[][] p = {{true, false}, {true, true}};
    c.add("reduceAll", (f, tf) -> tf.reduceAll(f.in(p), 1));
    c.add("reduceAny", (f, tf) -> tf.reduceAny(f.in(p), 0));
    c.add(
        "reduceLogSumExp",
        (f, tf) ->
            List.of(tf.reduceLogSumExp(f.any(2, 3), 1), tf.reduceLogSumExp(f.any(2, 3), true, 0)));
    c.add("reduceVariance", (f, tf) -> tf.reduceVariance(f.any(2, 3), 1));
    c.add("reduceStd", (f, tf) -> tf.reduceStd(f.any(2, 3), true, 1));
    c.add("reduceEuclideanNorm", (f, tf) -> tf.reduceEuclideanNorm(f.any(2, 3), 1));
    c.add("countNonzero", (f, tf) -> tf.countNonzero(f.in(new int[][] {{0, 1}, {2, 3}}), 1));
    c.add(
        "norm",
        (f, tf) -> {
          List<Tensor> all = new ArrayList<>();
          all.add(tf.norm(f.any(2, 3)));
          for (double order : new double[] {1, 2, 3, Double.POSITIVE_INFINITY}) {
            all.add(tf.norm(f.any(2, 3), order, false, 1));
          }
          return all;
        });
    c.add("frobeniusNorm", (f, tf) -> tf.frobeniusNorm(f.any(2, 3, 4), true, 0, 2));
    c.add(
        "clipByNorm",
        (f, tf) -> List.of(tf.clipByNorm(f.any(4), 1), tf.clipByNorm(f.any(4, 3), 1, 1)));
    c.add(
        "argMax",
        (f, tf) -> List.of(tf.argMax(f.any(2, 3), 1), tf.argMax(f.any(2, 3), 0, DataType.INT32)));
    c.add("argMin", (f, tf) -> tf.argMin(f.any(2, 3), -1));
    c.add(
        "cumsum",
        (f, tf) -> List.of(tf.cumsum(f.any(5), 0), tf.cumsum(f.any(2, 3), 1, true, true)));
    c.add("cumprod", (f, tf) -> tf.cumprod(f.any(5), 0));
    return c;
  }

  static FluentCalls linalg() {
    FluentCalls c = new FluentCalls();
    c.add("eye", (f, tf) -> List.of(tf.eye(3), tf.eye(2, 3, DataType.FLOAT64, 2)));
    c.add("matrixDeterminant", (f, tf) -> tf.matrixDeterminant(f.definite()));
    c.add("logMatrixDeterminant", (f, tf) -> tf.logMatrixDeterminant(f.definite()));
    c.add("matrixInverse", (f, tf) -> tf.matrixInverse(f.definite()));
    c.add("matrixSquareRoot", (f, tf) -> tf.matrixSquareRoot(f.definite()));
    double[][] b = {{1, 2}, {3, 4}, {5, 6}};
    c.add("matrixSolve", (f, tf) -> tf.matrixSolve(f.definite(), f.in(b)));
    c.add(
        "matrixTriangularSolve",
        (f, tf) -> tf.matrixTriangularSolve(f.definite(), f.in(b), true, false));
    c.add("matrixSolveLs", (f, tf) -> tf.matrixSolveLs(f.definite(), f.in(b), 0.1, true));
    c.add("cholesky", (f, tf) -> tf.cholesky(f.definite()));
    c.add("qr", (f, tf) -> tf.abs(tf.qr(f.definite()).get(1)));
    c.add("lu", (f, tf) -> tf.lu(f.definite()));
    c.add("selfAdjointEig", (f, tf) -> tf.selfAdjointEig(f.definite()).get(0));
    c.add("selfAdjointEigvals", (f, tf) -> tf.selfAdjointEigvals(f.definite()));
    c.add("svd", (f, tf) -> tf.svd(f.in(b)).get(0));
    c.add("svdValues", (f, tf) -> tf.svdValues(f.in(b)));
    c.add("diag", (f, tf) -> tf.diag(f.any(3)));
    c.add("diagPart", (f, tf) -> tf.diagPart(f.any(3, 3)));
    c.add("matrixDiag", (f, tf) -> tf.matrixDiag(f.any(2, 3)));
    c.add("matrixDiagPart", (f, tf) -> tf.matrixDiagPart(f.any(2, 3, 3)));
    c.add("matrixSetDiag", (f, tf) -> tf.matrixSetDiag(f.any(2, 3, 3), f.any(2, 3)));
    c.add("matrixBandPart", (f, tf) -> tf.matrixBandPart(f.any(4, 4), 1, -1));
    c.add("matrixTranspose", (f, tf) -> tf.matrixTranspose(f.any(2, 3, 4)));
    c.add("trace", (f, tf) -> tf.trace(f.any(2, 3, 3)));
    return c;
  }

  static FluentCalls random() {
    FluentCalls c = new FluentCalls();
    c.add(
        "randomUniform",
        (f, tf) -> List.of(tf.randomUniform(5), tf.randomUniform(f.ints(2, 3), -1, 2)));
    c.add("randomNormal", (f, tf) -> tf.randomNormal(f.ints(2, 3)));
    c.add("truncatedNormal", (f, tf) -> tf.truncatedNormal(7));
    c.add("dropout", (f, tf) -> tf.dropout(f.any(4, 4), 0.4));
    c.add("randomShuffle", (f, tf) -> tf.randomShuffle(f.any(6, 2)));
    c.add("multinomial", (f, tf) -> tf.multinomial(f.any(2, 4), 5));
    c.add("randomGamma", (f, tf) -> tf.randomGamma(5, f.positive(2)));
    c.add("randomPoisson", (f, tf) -> tf.randomPoisson(5, f.positive(2)));
    c.add(
        "parameterizedTruncatedNormal",
        (f, tf) -> tf.parameterizedTruncatedNormal(9, 0, 1, -1, 2, DataType.FLOAT32, 5L));
    long[] seed = {4, 2};
    c.add(
        "statelessRandomUniform",
        (f, tf) -> tf.statelessRandomUniform(5, seed, DataType.FLOAT32, 0, 1));
    c.add(
        "statelessRandomNormal",
        (f, tf) -> tf.statelessRandomNormal(5, seed, DataType.FLOAT32, 0, 1));
    c.add(
        "statelessTruncatedNormal",
        (f, tf) -> tf.statelessTruncatedNormal(5, seed, DataType.FLOAT32, 0, 1));
    c.add(
        "statelessMultinomial",
        (f, tf) -> tf.statelessMultinomial(f.any(2, 4), 5, seed, DataType.INT64));
    return c;
  }
}
