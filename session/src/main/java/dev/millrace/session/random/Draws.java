package dev.millrace.session.random;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Float16;
import dev.millrace.graph.InternalException;

/**
 * Numbers drawn from a stream one by one, for samplers that reject some. Each call that finds
 * nothing left of its kind takes the stream's next block; what a block gives, the last comes first,
 * as TensorFlow's samplers take it.
 */
final class Draws {
  private final Philox stream;
  private final DataType dtype;
  private final int[] block = new int[Philox.BLOCK];
  private final double[] uniforms;
  private final double[] normals;
  private long nextBlock;
  private int uniformsLeft;
  private int normalsLeft;

  /**
   * @param dtype of the numbers: float64, of which a block gives two, or a shorter one, of which it
   *     gives four
   */
  Draws(Philox stream, DataType dtype) {
    this.stream = stream;
    this.dtype = dtype;
    int n = dtype == DataType.FLOAT64 ? 2 : 4;
    this.uniforms = new double[n];
    this.normals = new double[n];
  }

  /** The next uniform number in [0, 1). */
  double uniform() {
    if (uniformsLeft == 0) {
      uniforms(uniforms);
      uniformsLeft = uniforms.length;
    }
    return uniforms[--uniformsLeft];
  }

  /** The next number of the standard normal distribution, float64. */
  double normal() {
    if (normalsLeft == 0) {
      normals(normals);
      normalsLeft = normals.length;
    }
    return normals[--normalsLeft];
  }

  /** How many numbers a block gives. */
  int perBlock() {
    return uniforms.length;
  }

  /** The uniform numbers of the next block, in their order. */
  void uniforms(double[] to) {
    readBlock();
    for (int i = 0; i < to.length; i++) {
      to[i] =
          switch (dtype) {
            case FLOAT64 -> Distributions.uniformDouble(block[2 * i], block[2 * i + 1]);
            case FLOAT32 -> Distributions.uniformFloat(block[i]);
            case FLOAT16 -> Float16.toFloat(Distributions.uniformHalf(block[i]));
            case BFLOAT16 -> Float16.bfloatToFloat(Distributions.uniformBfloat16(block[i]));
            default -> throw new InternalException("no uniform numbers of " + dtype);
          };
    }
  }

  /** The normal numbers of the next block, in their order. */
  void normals(double[] to) {
    readBlock();
    if (dtype == DataType.FLOAT64) {
      Distributions.boxMuller(block[0], block[1], block[2], block[3], to);
      return;
    }
    float[] pair = new float[2];
    for (int i = 0; i < to.length; i += 2) {
      Distributions.boxMuller(block[i], block[i + 1], pair);
      to[i] = Rounding.of(dtype, pair[0]);
      to[i + 1] = Rounding.of(dtype, pair[1]);
    }
  }

  private void readBlock() {
    stream.block(nextBlock++, block, 0);
  }
}
