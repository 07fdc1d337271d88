package dev.millrace.examples;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the IDX files in which the MNIST database of handwritten digits is published: a magic
 * number, the size of each dimension, then the elements, all big-endian. Gzipped files are
 * recognised by their first bytes, whatever they are called.
 */
public final class IdxFiles {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int GZIP_MAGIC = 0x1f8b;

  private IdxFiles() {}

  /** An IDX file of unsigned bytes. */
  private static final class Bytes {
    /** The size of each dimension. */
    private final int[] dims;

    /** The elements, the last dimension's side by side. */
    private final byte[] data;

    Bytes(int[] dims, byte[] data) {
      this.dims = dims;
      this.data = data;
    }
  }

  /**
   * The images of one file with the labels of another.
   *
   * @param images unsigned bytes by image, row and column
   * @param labels unsigned bytes, one an image
   * @throws IOException if a file cannot be read or is not of that form, or if there are not as
   *     many labels as images; the message names the file
   */
  public static LabelledImages readLabelled(Path images, Path labels) throws IOException {
    Bytes x = read(images, 3);
    Bytes y = read(labels, 1);
    int n = x.dims[0];
    if (y.dims[0] != n) {
      throw new IOException(
          images + " has " + n + " images, but " + labels + " has " + y.dims[0] + " labels");
    }
    int size = x.dims[1] * x.dims[2];
    float[][] pixels = new float[n][size];
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < size; k++) {
        pixels[i][k] = (x.data[i * size + k] & 0xff) / 255f;
      }
      classes[i] = y.data[i] & 0xff;
    }
    return new LabelledImages(pixels, classes);
  }

  /**
   * Reads a file of unsigned bytes.
   *
   * @param rank the number of dimensions it must have
   * @throws IOException if it cannot be read or is not such a file
   */
  private static Bytes read(Path file, int rank) throws IOException {
    try (DataInputStream in = new DataInputStream(open(file))) {
      int magic = in.readInt();
      int wanted = (UNSIGNED_BYTE << 8) | rank;
      if (magic != wanted) {
        throw new IOException(
            String.format(
                "%s is not an IDX file of %d-dimensional bytes:"
                    + " it starts with 0x%08x instead of 0x%08x",
                file, rank, magic, wanted));
      }
      int[] dims = new int[rank];
      long size = 1;
      for (int i = 0; i < rank; i++) {
        dims[i] = in.readInt();
        if (dims[i] < 0 || (dims[i] > 0 && size > Integer.MAX_VALUE / dims[i])) {
          throw new IOException(
              file
                  + " declares an impossible size: "
                  + Arrays.toString(Arrays.copyOf(dims, i + 1)));
        }
        size *= dims[i];
      }
      // Not allocated by the header's word alone: a damaged one could ask for gigabytes.
      byte[] data = in.readNBytes((int) size);
      if (data.length < size) {
        throw new IOException(
            file + " is cut off: it has " + data.length + " of " + size + " elements");
      }
      if (in.read() >= 0) {
        throw new IOException(file + " goes on after its " + size + " elements");
      }
      return new Bytes(dims, data);
    } catch (EOFException e) {
      throw new IOException(file + " is cut off", e);
    } catch (ZipException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      in.mark(2);
      int magic = (in.read() << 8) | in.read();
      in.reset();
      return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in)) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
