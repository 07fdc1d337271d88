package dev.millrace.graph.record;

import dev.millrace.graph.InvalidArgumentException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/** How a whole file is compressed, by TensorFlow's names. */
public enum Compression {
  NONE(""),
  ZLIB("ZLIB"),
  GZIP("GZIP");

  private final String tensorFlowName;

  Compression(String tensorFlowName) {
    this.tensorFlowName = tensorFlowName;
  }

  /**
   * The one that TensorFlow calls so; none is the empty string.
   *
   * @throws InvalidArgumentException if there is none of that name
   */
  public static Compression ofName(String name) {
    for (Compression c : values()) {
      if (c.tensorFlowName.equals(name)) {
        return c;
      }
    }
    throw new InvalidArgumentException("a compression is '', ZLIB or GZIP, not '" + name + "'");
  }

  /** What was written, read back from {@code file}. */
  public InputStream reading(InputStream file) throws IOException {
    return switch (this) {
      case NONE -> file;
      case ZLIB -> new InflaterInputStream(file);
      case GZIP -> new GZIPInputStream(file);
    };
  }

  /** Compresses what is written into {@code file}. */
  public OutputStream writing(OutputStream file) throws IOException {
    return switch (this) {
      case NONE -> file;
      case ZLIB -> new DeflaterOutputStream(file);
      case GZIP -> new GZIPOutputStream(file);
    };
  }
}
