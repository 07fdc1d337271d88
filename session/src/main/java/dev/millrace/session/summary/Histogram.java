package dev.millrace.session.summary;

import dev.millrace.proto.HistogramProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts values in TensorFlow's buckets, whose borders grow by a tenth each from 1e-12 to 1e20, and
 * so below 0.
 */
public final class Histogram {
  private static final double[] LIMITS = limits();

  private final double[] counts = new double[LIMITS.length];
  private double min = Double.MAX_VALUE;
  private double max = -Double.MAX_VALUE;
  private double number;
  private double sum;
  private double squares;

  private static double[] limits() {
    List<Double> up = new ArrayList<>();
    for (double v = 1e-12; v < 1e20; v *= 1.1) {
      up.add(v);
    }
    up.add(Double.MAX_VALUE);
    int n = up.size();
    double[] all = new double[2 * n + 1];
    for (int i = 0; i < n; i++) {
      all[n - 1 - i] = -up.get(i);
      all[n + 1 + i] = up.get(i);
    }
    return all;
  }

  /** Counts a value. */
  public void add(double x) {
    int at = Arrays.binarySearch(LIMITS, x == 0 ? 0.0 : x);
    // A value at a border belongs to the bucket above.
    int bucket = at >= 0 ? at + 1 : -at - 1;
    counts[Math.min(bucket, counts.length - 1)]++;
    min = Math.min(min, x);
    max = Math.max(max, x);
    number++;
    sum += x;
    squares += x * x;
  }

  /** The counts; buckets without values that follow each other become one. */
  public HistogramProto toProto() {
    HistogramProto.Builder b =
        HistogramProto.newBuilder()
            .setMin(min)
            .setMax(max)
            .setNum(number)
            .setSum(sum)
            .setSumSquares(squares);
    for (int i = 0; i < counts.length; i++) {
      while (counts[i] == 0 && i + 1 < counts.length && counts[i + 1] == 0) {
        i++;
      }
      b.addBucketLimit(LIMITS[i]);
      b.addBucket(counts[i]);
    }
    return b.build();
  }
}
