package dev.millrace.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * A time series: a formula's, t·sin(t)/3 + 2·sin(5t) for t from 0 to 30 sampled every tenth, or a
 * file's. Places in it are counted in samples; the formula has values between them too.
 */
final class Wave {
  private static final double END = 30;
  private static final double INTERVAL = 0.1;

  private final DoubleUnaryOperator at;
  private final int length;
  private final double interval;

  private Wave(DoubleUnaryOperator at, int length, double interval) {
    this.at = at;
    this.length = length;
    this.interval = interval;
  }

  /**
   * Pieces of a series: inputs of some steps, with targets that are the same values one step later.
   *
   * @param inputs [pieces][steps][1]
   * @param targets [pieces][steps][1]
   */
  @SuppressWarnings("ArrayRecordComponent") // pieces are never compared
  record Pieces(float[][][] inputs, float[][][] targets) {}

  /** The formula's. */
  static Wave formula() {
    return new Wave(i -> value(i * INTERVAL), (int) Math.round(END / INTERVAL), INTERVAL);
  }

  private static double value(double t) {
    return t * Math.sin(t) / 3 + 2 * Math.sin(5 * t);
  }

  /**
   * The numbers in a text file, one a line; empty lines and those that begin with # do not count.
   *
   * @throws IOException if it cannot be read or has something else in it
   */
  static Wave read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no file " + file);
    }
    List<Double> values = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        values.add(number(line, file, i + 1));
      }
    }
    return new Wave(i -> values.get((int) i), values.size(), 1);
  }

  private static double number(String text, Path file, int line) throws IOException {
    try {
      double x = Double.parseDouble(text);
      if (Double.isFinite(x)) {
        return x;
      }
    } catch (NumberFormatException e) {
      // the message below says it
    }
    throw new IOException(file + ", line " + line + ": '" + text + "' is not a number");
  }

  /** How many samples there are. */
  int length() {
    return length;
  }

  /** The time from one sample to the next. */
  double interval() {
    return interval;
  }

  double at(double place) {
    return at.applyAsDouble(place);
  }

  /** Pieces that begin at random places. */
  Pieces random(int pieces, int steps, Random random) {
    double[] starts = new double[pieces];
    for (int i = 0; i < pieces; i++) {
      starts[i] = random.nextDouble() * (length - steps);
    }
    return from(steps, starts);
  }

  /** Pieces that begin at given places. */
  Pieces from(int steps, double... starts) {
    float[][][] in = new float[starts.length][steps][1];
    float[][][] out = new float[starts.length][steps][1];
    for (int i = 0; i < starts.length; i++) {
      for (int s = 0; s < steps; s++) {
        in[i][s][0] = (float) at(starts[i] + s);
        out[i][s][0] = (float) at(starts[i] + s + 1);
      }
    }
    return new Pieces(in, out);
  }
}
