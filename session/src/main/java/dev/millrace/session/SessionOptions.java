package dev.millrace.session;

import dev.millrace.graph.InvalidArgumentException;
import java.time.Duration;

/**
 * How a session runs. Immutable; made with {@link #builder}.
 *
 * @param mode how runs are executed
 * @param threads the number of threads that work on a large step, the caller's included
 * @param cpus the number of virtual CPU devices
 * @param allowSoftPlacement whether operations that ask for a device that is not there run on the
 *     CPU instead of failing
 * @param logDevicePlacement whether the place of every operation is logged when a plan is made
 * @param checkNumbers whether every floating-point result is checked for NaN and infinity: slow,
 *     for finding the first node that makes one
 * @param verify whether every run is executed in both modes and the results compared: for users who
 *     suspect the compiler
 * @param simplify whether plans are simplified (constant folding, common subexpressions and so on)
 * @param maxPlans how many plans are kept; the least recently used go first
 * @param operationTimeout how long a run may wait or loop that has no limit of its own, or null for
 *     any time; one that takes longer ends with a {@link
 *     dev.millrace.graph.DeadlineExceededException}
 */
public record SessionOptions(
    Mode mode,
    int threads,
    int cpus,
    boolean allowSoftPlacement,
    boolean logDevicePlacement,
    boolean checkNumbers,
    boolean verify,
    boolean simplify,
    int maxPlans,
    Duration operationTimeout) {
  /** The two ways of execution. */
  public enum Mode {
    /** Runs are compiled into plans with planned memory and fast kernels. */
    PLAN,
    /** Runs are interpreted node by node with the reference kernels: slow and plain. */
    REFERENCE
  }

  /** The default: plans, on as many threads as there are processors. */
  public static SessionOptions plan() {
    return builder().build();
  }

  /** The reference mode. */
  public static SessionOptions reference() {
    return builder().mode(Mode.REFERENCE).build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects options; what is not set keeps its default. */
  public static final class Builder {
    private Mode mode = Mode.PLAN;
    private int threads = Runtime.getRuntime().availableProcessors();
    private int cpus = 1;
    private boolean soft;
    private boolean log;
    private boolean checkNumbers;
    private boolean verify = Boolean.getBoolean("millrace.verify");
    private boolean simplify = true;
    private int maxPlans = 256;
    private Duration operationTimeout;

    private Builder() {}

    public Builder mode(Mode m) {
      mode = m;
      return this;
    }

    /** At least 1; by default the number of processors. */
    public Builder threads(int n) {
      threads = positive("threads", n);
      return this;
    }

    /** At least 1, the default. */
    public Builder cpus(int n) {
      cpus = positive("cpus", n);
      return this;
    }

    /** Off by default, as in TensorFlow. */
    public Builder allowSoftPlacement(boolean on) {
      soft = on;
      return this;
    }

    public Builder logDevicePlacement(boolean on) {
      log = on;
      return this;
    }

    public Builder checkNumbers(boolean on) {
      checkNumbers = on;
      return this;
    }

    /** Off by default; the system property {@code millrace.verify=true} turns it on. */
    public Builder verify(boolean on) {
      verify = on;
      return this;
    }

    /** On by default. */
    public Builder simplify(boolean on) {
      simplify = on;
      return this;
    }

    /** At least 1; 256 by default. */
    public Builder maxPlans(int n) {
      maxPlans = positive("maxPlans", n);
      return this;
    }

    /**
     * None by default. {@link Runner#timeout} is the limit of one run, and goes before it.
     *
     * @throws InvalidArgumentException unless the time is positive
     */
    public Builder operationTimeout(Duration time) {
      if (time == null || time.isNegative() || time.isZero()) {
        throw new InvalidArgumentException("operationTimeout must be positive, not " + time);
      }
      operationTimeout = time;
      return this;
    }

    private static int positive(String what, int n) {
      if (n < 1) {
        throw new InvalidArgumentException(what + " must be at least 1, not " + n);
      }
      return n;
    }

    public SessionOptions build() {
      return new SessionOptions(
          mode,
          threads,
          cpus,
          soft,
          log,
          checkNumbers,
          verify,
          simplify,
          maxPlans,
          operationTimeout);
    }
  }
}
