package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InternalException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.session.reference.PictureFiles.Picture;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Images from files' contents, and as them. */
final class PictureKernels {
  private PictureKernels() {}

  static void register(ReferenceKernels k) {
    k.add("DecodePng", c -> decode(c, c.attrs().getType("dtype")));
    k.add("DecodeJpeg", PictureKernels::decodeJpeg);
    k.add("DecodeBmp", c -> decode(c, DataType.UINT8));
    k.add("DecodeGif", PictureKernels::decodeGif);
    k.add("ExtractJpegShape", PictureKernels::jpegShape);
    k.add("EncodePng", PictureKernels::encodePng);
    k.add("EncodeJpeg", PictureKernels::encodeJpeg);
  }

  private static byte[] contents(KernelContext c) {
    return Dims.requireScalar(c.input(0), "contents").strings()[0];
  }

  private static void decode(KernelContext c, DataType t) {
    long channels = c.attrs().getInt("channels");
    if (channels != 0 && channels != 1 && channels != 3 && channels != 4) {
      throw new InvalidArgumentException("channels must be 0, 1, 3 or 4, but is " + channels);
    }
    Picture p = PictureFiles.read(contents(c));
    p = p.withChannels((int) channels).withBits(t == DataType.UINT16 ? 16 : 8);
    c.output(0, tensor(t, Shape.of(p.height(), p.width(), p.channels()), p.samples()));
  }

  private static void decodeJpeg(KernelContext c) {
    if (c.attrs().getInt("ratio") != 1) {
      throw new UnimplementedException(
          "the JDK decodes JPEG at full size only: take ratio 1 and make the image smaller");
    }
    if (c.attrs().getInt("channels") == 4) {
      throw new InvalidArgumentException("JPEG has no alpha channel: channels must be 0, 1 or 3");
    }
    decode(c, DataType.UINT8);
  }

  private static TensorValue tensor(DataType t, Shape shape, int[] samples) {
    Result r = new Result(t, shape);
    for (int i = 0; i < samples.length; i++) {
      r.setLong(i, samples[i]);
    }
    return r.value();
  }

  private static void decodeGif(KernelContext c) {
    List<Picture> frames = PictureFiles.animation(contents(c));
    Picture first = frames.get(0);
    Shape shape = Shape.of(frames.size(), first.height(), first.width(), 3);
    Result r = new Result(DataType.UINT8, shape);
    int at = 0;
    for (Picture p : frames) {
      for (int x : p.withChannels(3).samples()) {
        r.setLong(at++, x);
      }
    }
    c.output(0, r.value());
  }

  /** From the frame header, without decoding. */
  private static void jpegShape(KernelContext c) {
    byte[] s = contents(c);
    int i = 2;
    while (s.length > 3 && number(s, 0) == 0xFFD8 && i + 9 < s.length) {
      int marker = s[i + 1] & 255;
      boolean frame = marker >= 0xC0 && marker <= 0xCF && (marker % 4 != 0 || marker == 0xC0);
      if (frame) {
        long height = number(s, i + 5);
        long width = number(s, i + 7);
        c.output(0, Dims.vector(c.attrs().getType("output_type"), height, width, s[i + 9] & 255));
        return;
      }
      i += 2 + number(s, i + 2);
    }
    throw new InvalidArgumentException("the contents are no JPEG image");
  }

  /** The 16 bits at {@code i}. */
  private static int number(byte[] s, int i) {
    return ((s[i] & 255) << 8) | (s[i + 1] & 255);
  }

  // ---- encoding

  private static void encodePng(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 3, "image");
    long channels = x.shape().dim(2);
    if (x.size() == 0 || channels < 1 || channels > 4) {
      throw new InvalidArgumentException(
          "an image must have pixels of 1 to 4 channels, but is of shape " + x.shape());
    }
    float quality = -1;
    long compression = c.attrs().getInt("compression");
    if (compression < -1 || compression > 9) {
      throw new InvalidArgumentException("compression must be in [-1, 9], but is " + compression);
    } else if (compression >= 0) {
      quality = 1 - compression / 9f;
    }
    c.output(0, file(write("png", image(x, (int) channels), quality, false)));
  }

  private static void encodeJpeg(KernelContext c) {
    TensorValue x = Dims.requireRank(c.input(0), 3, "image");
    long channels = x.shape().dim(2);
    String format = c.attrs().getString("format");
    long wanted = format.equals("grayscale") ? 1 : format.equals("rgb") ? 3 : channels;
    long quality = c.attrs().getInt("quality");
    if (x.size() == 0 || (channels != 1 && channels != 3) || channels != wanted) {
      throw new InvalidArgumentException(
          "an image of format '" + format + "' cannot be of shape " + x.shape());
    }
    if (quality < 0 || quality > 100) {
      throw new InvalidArgumentException("quality must be in [0, 100], but is " + quality);
    }
    boolean progressive = c.attrs().getBool("progressive");
    c.output(0, file(write("jpeg", image(x, (int) channels), quality / 100f, progressive)));
  }

  private static TensorValue file(byte[] contents) {
    return StringKernels.strings(Shape.scalar(), new byte[][] {contents});
  }

  private static BufferedImage image(TensorValue x, int channels) {
    boolean wide = x.dtype() == DataType.UINT16;
    int kind = wide ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
    boolean alpha = channels % 2 == 0;
    ColorSpace space =
        ColorSpace.getInstance(channels < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    ColorModel model =
        new ComponentColorModel(
            space, alpha, false, alpha ? ColorModel.TRANSLUCENT : ColorModel.OPAQUE, kind);
    int height = (int) x.shape().dim(0);
    int width = (int) x.shape().dim(1);
    WritableRaster raster = Raster.createInterleavedRaster(kind, width, height, channels, null);
    raster.setPixels(0, 0, width, height, x.toInts());
    return new BufferedImage(model, raster, false, null);
  }

  private static byte[] write(
      String format, BufferedImage image, float quality, boolean progressive) {
    ImageTypeSpecifier type = ImageTypeSpecifier.createFromRenderedImage(image);
    ImageWriter writer = ImageIO.getImageWriters(type, format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      if (quality >= 0) {
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionQuality(quality);
      }
      if (progressive) {
        how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } catch (IOException e) {
      throw new InternalException("an image could not be written to memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
