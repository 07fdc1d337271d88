package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.UnimplementedException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;

/** Image files by their first bytes, read with the JDK. */
final class PictureFiles {
  private PictureFiles() {}

  /**
   * Pixels as they stand in a file.
   *
   * @param samples a number for each channel of each pixel, row by row
   * @param bits of each sample, 8 or 16
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares pictures or writes to their samples
  record Picture(int height, int width, int channels, int bits, int[] samples) {
    /**
     * The picture with other channels: a grey one for each colour, colours as their brightness,
     * full opacity where there was none.
     */
    Picture withChannels(int to) {
      if (to == 0 || to == channels) {
        return this;
      }
      int[] r = new int[height * width * to];
      boolean grey = channels < 3;
      int full = (1 << bits) - 1;
      for (int i = 0; i < height * width; i++) {
        int at = i * channels;
        for (int k = 0; k < to; k++) {
          if (k == 3 || (to == 2 && k == 1)) {
            r[i * to + k] = channels % 2 == 0 ? samples[at + channels - 1] : full;
          } else if (to >= 3) {
            r[i * to + k] = samples[grey ? at : at + k];
          } else {
            r[i * to + k] = grey ? samples[at] : brightness(at);
          }
        }
      }
      return new Picture(height, width, to, bits, r);
    }

    /** In the weights and roundings of libpng. */
    private int brightness(int at) {
      int r = samples[at];
      int g = samples[at + 1];
      int b = samples[at + 2];
      if (r == g && g == b) {
        return r;
      }
      long sum = 9797L * r + 19234L * g + 3737L * b;
      return (int) ((sum + (bits == 16 ? 16384 : 0)) >> 15);
    }

    /** Of 8 bits a sample, or 16: the upper ones, or all of them twice. */
    Picture withBits(int to) {
      if (to == bits) {
        return this;
      }
      int[] r = new int[samples.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = to == 8 ? samples[i] >> 8 : samples[i] * 257;
      }
      return new Picture(height, width, channels, to, r);
    }
  }

  /**
   * The picture in a PNG, JPEG, BMP or GIF file, of which the first frame.
   *
   * @throws InvalidArgumentException if the bytes are no such file
   */
  static Picture read(byte[] file) {
    if (file.length > 1 && file[0] == 'B' && file[1] == 'M') {
      return bitmap(file);
    }
    List<Picture> frames = frames(file, true);
    return frames.get(0);
  }

  /** All frames of a GIF file, each with what it leaves of the one before. */
  static List<Picture> animation(byte[] file) {
    return frames(file, false);
  }

  private static List<Picture> frames(byte[] file, boolean first) {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      ImageReader reader = ImageIO.getImageReaders(in).next();
      try {
        reader.setInput(in);
        boolean gif = reader.getFormatName().equalsIgnoreCase("gif");
        List<Picture> r = new ArrayList<>();
        for (int i = 0; i < (first ? 1 : reader.getNumImages(true)); i++) {
          r.add(
              gif
                  ? frame(reader, i, r.isEmpty() ? null : r.get(r.size() - 1))
                  : of(reader, reader.read(i)));
        }
        return r;
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      throw new InvalidArgumentException(
          "the contents are no PNG, JPEG, GIF or BMP image that can be read: " + e.getMessage(), e);
    }
  }

  private static Picture of(ImageReader reader, BufferedImage image) throws IOException {
    int height = image.getHeight();
    int width = image.getWidth();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return indexed(image, palette, reader.getFormatName());
    }
    Raster raster = image.getRaster();
    int channels = raster.getNumBands();
    int bits = raster.getSampleModel().getSampleSize(0);
    int[] samples = raster.getPixels(0, 0, width, height, (int[]) null);
    if (bits < 8) {
      for (int i = 0; i < samples.length; i++) {
        samples[i] *= 255 / ((1 << bits) - 1);
      }
    }
    return new Picture(height, width, channels, Math.max(8, bits), samples);
  }

  /** Colours from a palette; where all of it is grey in a file without a palette, grey. */
  private static Picture indexed(BufferedImage image, IndexColorModel palette, String format) {
    boolean grey = format.equalsIgnoreCase("png") && isGrey(palette);
    int channels = grey ? 1 : palette.hasAlpha() ? 4 : 3;
    int[] r = new int[image.getHeight() * image.getWidth() * channels];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int i = image.getRaster().getSample(x, y, 0);
        r[at++] = palette.getRed(i);
        if (!grey) {
          r[at++] = palette.getGreen(i);
          r[at++] = palette.getBlue(i);
        }
        if (channels == 4) {
          r[at++] = palette.getAlpha(i);
        }
      }
    }
    return new Picture(image.getHeight(), image.getWidth(), channels, 8, r);
  }

  /** Whether the palette is the evenly spaced greys that stand for samples of less than 8 bits. */
  private static boolean isGrey(IndexColorModel p) {
    int n = p.getMapSize();
    if (n > 16 || (n & (n - 1)) != 0 || p.hasAlpha()) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      int grey = i * 255 / (n - 1);
      if (p.getRed(i) != grey || p.getGreen(i) != grey || p.getBlue(i) != grey) {
        return false;
      }
    }
    return true;
  }

  private static Picture frame(ImageReader reader, int i, Picture before) throws IOException {
    IIOMetadataNode screen =
        (IIOMetadataNode) reader.getStreamMetadata().getAsTree("javax_imageio_gif_stream_1.0");
    IIOMetadataNode own =
        (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
    IIOMetadataNode size =
        (IIOMetadataNode) screen.getElementsByTagName("LogicalScreenDescriptor").item(0);
    IIOMetadataNode place = (IIOMetadataNode) own.getElementsByTagName("ImageDescriptor").item(0);
    int width = Integer.parseInt(size.getAttribute("logicalScreenWidth"));
    int height = Integer.parseInt(size.getAttribute("logicalScreenHeight"));
    int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
    int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
    BufferedImage image = reader.read(i);
    int[] r = before == null ? new int[height * width * 3] : before.samples.clone();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int argb = image.getRGB(x, y);
        if (argb >>> 24 != 0) {
          int at = ((top + y) * width + left + x) * 3;
          r[at] = (argb >> 16) & 255;
          r[at + 1] = (argb >> 8) & 255;
          r[at + 2] = argb & 255;
        }
      }
    }
    return new Picture(height, width, 3, 8, r);
  }

  /** Uncompressed bitmaps of 8, 24 or 32 bits a pixel; of 8 bits the numbers themselves. */
  private static Picture bitmap(byte[] file) {
    if (file.length < 30) {
      throw new InvalidArgumentException("the bitmap ends in its header");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int from = in.getInt(10);
    int width = in.getInt(18);
    int height = in.getInt(22);
    int bits = in.getShort(28);
    if (bits != 8 && bits != 24 && bits != 32) {
      throw new UnimplementedException("bitmaps of " + bits + " bits a pixel are not read");
    }
    int channels = bits / 8;
    long stride = ((long) width * channels + 3) / 4 * 4;
    int rows = Math.abs(height);
    if (width <= 0
        || rows == 0
        || from < 0
        || from + stride * (rows - 1) + (long) width * channels > file.length) {
      throw new InvalidArgumentException(
          "a bitmap of "
              + width
              + " by "
              + height
              + " pixels does not fit its "
              + file.length
              + " bytes");
    }
    int[] r = new int[rows * width * channels];
    for (int y = 0; y < rows; y++) {
      int row = from + (int) stride * (height > 0 ? rows - 1 - y : y);
      for (int x = 0; x < width; x++) {
        for (int k = 0; k < channels; k++) {
          int source = k < 3 && channels > 1 ? 2 - k : k;
          r[(y * width + x) * channels + k] = file[row + x * channels + source] & 255;
        }
      }
    }
    return new Picture(rows, width, channels, 8, r);
  }
}
