package dev.millrace.examples;

import java.util.Random;

/**
 * The time series t·sin(t)/3 + 2·sin(5t) for t from 0 to 30, sampled every tenth, and pieces of it:
 * inputs of some steps, with targets that are the same values one step later.
 *
 * @param inputs [pieces][steps][1]
 * @param targets [pieces][steps][1]
 */
@SuppressWarnings("ArrayRecordComponent") // waves are never compared
record Wave(float[][][] inputs, float[][][] targets) {
  static final double END = 30;
  static final double INTERVAL = 0.1;

  static double at(double t) {
    return t * Math.sin(t) / 3 + 2 * Math.sin(5 * t);
  }

  /** Pieces that begin at random times. */
  static Wave random(int pieces, int steps, Random random) {
    double[] starts = new double[pieces];
    for (int i = 0; i < pieces; i++) {
      starts[i] = random.nextDouble() * (END - steps * INTERVAL);
    }
    return from(steps, starts);
  }

  /** Pieces that begin at given times. */
  static Wave from(int steps, double... starts) {
    float[][][] in = new float[starts.length][steps][1];
    float[][][] out = new float[starts.length][steps][1];
    for (int i = 0; i < starts.length; i++) {
      for (int s = 0; s < steps; s++) {
        in[i][s][0] = (float) at(starts[i] + s * INTERVAL);
        out[i][s][0] = (float) at(starts[i] + (s + 1) * INTERVAL);
      }
    }
    return new Wave(in, out);
  }
}
