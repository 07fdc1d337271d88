package dev.millrace.graph;

import java.util.Locale;
import java.util.Objects;

/**
 * Where an operation may run: job, replica, task, device type and index, each of which may be left
 * open. Immutable.
 *
 * @param job null where open
 * @param replica -1 where open
 * @param task -1 where open
 * @param type {@code CPU}, {@code GPU}, …; null where open
 * @param index -1 where open
 */
public record DeviceSpec(String job, int replica, int task, String type, int index) {
  /** Leaves everything open. */
  public static final DeviceSpec NONE = new DeviceSpec(null, -1, -1, null, -1);

  /**
   * Reads {@code /job:worker/replica:0/task:1/device:GPU:0} or any part of it; {@code /gpu:0} and
   * {@code /cpu:0} are short forms, and {@code *} leaves a field open.
   *
   * @throws InvalidArgumentException if the text is no device
   */
  public static DeviceSpec parse(String text) {
    String job = null;
    int replica = -1;
    int task = -1;
    String type = null;
    int index = -1;
    for (String part : text.split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      String[] f = part.split(":", -1);
      try {
        switch (f[0].toLowerCase(Locale.ROOT)) {
          case "job" -> job = f[1];
          case "replica" -> replica = number(f[1]);
          case "task" -> task = number(f[1]);
          case "device" -> {
            type = f[1].equals("*") ? null : f[1].toUpperCase(Locale.ROOT);
            index = f.length > 2 ? number(f[2]) : -1;
          }
          case "cpu", "gpu" -> {
            type = f[0].toUpperCase(Locale.ROOT);
            index = f.length > 1 ? number(f[1]) : -1;
          }
          default ->
              throw new InvalidArgumentException(
                  "'" + part + "' is none of job, replica, task, device, cpu, gpu");
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new InvalidArgumentException(
            "'" + text + "' is no device, as '/job:worker/task:0/device:GPU:0' is", e);
      }
    }
    return new DeviceSpec(job, replica, task, type, index);
  }

  private static int number(String s) {
    if (s.equals("*")) {
      return -1;
    }
    int n = Integer.parseInt(s);
    if (n < 0) {
      throw new NumberFormatException("negative: " + s);
    }
    return n;
  }

  /**
   * This with every field that {@code inner} gives replaced by it, as a nested device scope does.
   */
  public DeviceSpec merge(DeviceSpec inner) {
    return new DeviceSpec(
        inner.job != null ? inner.job : job,
        inner.replica >= 0 ? inner.replica : replica,
        inner.task >= 0 ? inner.task : task,
        inner.type != null ? inner.type : type,
        inner.index >= 0 ? inner.index : index);
  }

  public boolean isEmpty() {
    return equals(NONE);
  }

  /** The form of a NodeDef's {@code device} field; empty where everything is open. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    if (job != null) {
      s.append("/job:").append(job);
    }
    if (replica >= 0) {
      s.append("/replica:").append(replica);
    }
    if (task >= 0) {
      s.append("/task:").append(task);
    }
    if (type != null || index >= 0) {
      s.append("/device:")
          .append(type != null ? type : "*")
          .append(':')
          .append(index >= 0 ? Integer.toString(index) : "*");
    }
    return s.toString();
  }

  /** Whether {@code other} fits every field given here. */
  public boolean covers(DeviceSpec other) {
    return (job == null || Objects.equals(job, other.job))
        && (replica < 0 || replica == other.replica)
        && (task < 0 || task == other.task)
        && (type == null || Objects.equals(type, other.type))
        && (index < 0 || index == other.index);
  }
}
