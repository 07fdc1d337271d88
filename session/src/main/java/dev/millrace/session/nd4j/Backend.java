package dev.millrace.session.nd4j;

import dev.millrace.graph.UnavailableException;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;

/** Starts ND4J, once a process. To be called before anything that touches ND4J or JavaCPP. */
public final class Backend {
  private static final String NO_BACKEND =
      "ND4J did not start: no usable backend is on the class path. Add org.nd4j:nd4j-native (or nd4j-cuda) with the classifier of this platform";

  private Backend() {}

  /**
   * Starts ND4J if it has not been started.
   *
   * @throws UnavailableException if no backend is on the class path or its native library does not
   *     load
   */
  public static void init() {
    if (Holder.failure != null) {
      throw new UnavailableException(NO_BACKEND + ": " + Holder.failure);
    }
  }

  /** The class whose initialisation is the start. */
  private static final class Holder {
    /** The root cause of a failed start; null after a good one. */
    static final String failure = start();

    private static String start() {
      // Read when JavaCPP's and ND4J's classes are initialised. JavaCPP's limits follow the Java
      // heap, which is small beside what tensors take.
      setUnlessSet("org.bytedeco.javacpp.maxbytes", "0");
      setUnlessSet("org.bytedeco.javacpp.maxphysicalbytes", "0");
      setUnlessSet("org.nd4j.log.initialization", "false");
      // ND4J finds its backend through the context class loader, which under JShell and application
      // servers does not see it.
      Thread t = Thread.currentThread();
      ClassLoader before = t.getContextClassLoader();
      t.setContextClassLoader(Nd4j.class.getClassLoader());
      try {
        Nd4j.getBackend();
        limitOpenBlas();
        return null;
      } catch (RuntimeException | LinkageError e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        return cause.toString();
      } finally {
        t.setContextClassLoader(before);
      }
    }

    private static void setUnlessSet(String property, String value) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, value);
      }
    }
  }

  /**
   * One thread for OpenBLAS, whose own would fight ours for the cores; the number is the process's.
   */
  private static void limitOpenBlas() {
    try {
      openblas_nolapack.blas_set_num_threads(1);
    } catch (LinkageError e) {
      // The backend brings another BLAS.
    }
  }
}
