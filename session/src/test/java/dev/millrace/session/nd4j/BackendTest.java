package dev.millrace.session.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

class BackendTest {
  @Test
  void startsWhateverTheContextClassLoader() throws InterruptedException {
    Thread t =
        new Thread(
            () -> {
              Backend.init();
              Backend.init();
            });
    t.setContextClassLoader(null);
    t.start();
    t.join();
    assertThat(t.getContextClassLoader()).isNull();
    assertThat(Nd4j.getBackend()).isNotNull();
  }

  @Test
  void librariesKeepToOneThread() throws InterruptedException {
    AtomicInteger omp = new AtomicInteger();
    Thread t =
        new Thread(
            () -> {
              NativeThreads.prepare();
              omp.set(NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads());
            });
    t.start();
    t.join();
    assertThat(omp).hasValue(1);
    assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
  }
}
