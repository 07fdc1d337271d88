package dev.millrace.examples;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/** A chart that can be written as a PNG file; no screen is needed. */
abstract class Picture {
  static final int WIDTH = 800;
  static final int HEIGHT = 450;

  static {
    // Without this, a machine without a screen fails where a window system is looked for.
    System.setProperty("java.awt.headless", System.getProperty("java.awt.headless", "true"));
  }

  /** The chart to be written. */
  abstract Chart<?, ?> chart();

  /**
   * Writes the picture.
   *
   * @param file its name should end in {@code .png}
   */
  final void save(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    chart().paint(pen, WIDTH, HEIGHT);
    pen.dispose();
    try (var out = Files.newOutputStream(file)) {
      ImageIO.write(image, "png", out);
    }
  }
}
