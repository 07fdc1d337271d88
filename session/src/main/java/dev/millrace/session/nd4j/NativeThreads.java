package dev.millrace.session.nd4j;

import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Keeps native libraries from using threads of their own: work is split over ours. */
public final class NativeThreads {
  private static final ThreadLocal<boolean[]> PREPARED =
      ThreadLocal.withInitial(() -> new boolean[1]);

  private NativeThreads() {}

  /**
   * Limits OpenMP, whose number of threads belongs to the calling thread, to one. To be called on
   * every thread before it calls native code; cheap after the first time.
   */
  public static void prepare() {
    boolean[] done = PREPARED.get();
    if (!done[0]) {
      Backend.init();
      NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
      ops.setOmpNumThreads(1);
      done[0] = true;
    }
  }
}
