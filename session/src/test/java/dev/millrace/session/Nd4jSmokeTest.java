package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** That the trimmed ND4J dependencies and the native libraries chosen in the build still work. */
class Nd4jSmokeTest {
  @Test
  void nd4jInitialises() {
    assertThat(Nd4j.create(2, 3).sumNumber().doubleValue()).isZero();
  }

  @Test
  void nd4jMultipliesMatrices() {
    INDArray a = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}});
    INDArray product = a.mmul(a);
    assertThat(product.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(product.toFloatMatrix()).isDeepEqualTo(new float[][] {{7, 10}, {15, 22}});
  }

  @Test
  void dnnlMultipliesRowMajorMatrices() {
    try (FloatPointer a = new FloatPointer(1, 2, 3, 4);
        FloatPointer c = new FloatPointer(4)) {
      int status = dnnl.dnnl_sgemm((byte) 'N', (byte) 'N', 2, 2, 2, 1f, a, 2, a, 2, 0f, c, 2);
      assertThat(status).isEqualTo(dnnl.dnnl_success);
      float[] product = new float[4];
      c.get(product);
      assertThat(product).containsExactly(7, 10, 15, 22);
    }
  }
}
