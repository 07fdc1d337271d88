package dev.millrace.examples;

import java.util.Arrays;
import java.util.Random;

/** Images with the class that each belongs to. */
public final class LabelledImages {
  private final float[][] pixels;
  private final int[] labels;

  /**
   * Images over these arrays themselves.
   *
   * @param pixels a row of brightnesses from 0 to 1 an image
   * @param labels the class of each image, from 0
   */
  public LabelledImages(float[][] pixels, int[] labels) {
    if (pixels.length != labels.length) {
      throw new IllegalArgumentException(
          pixels.length + " images do not go with " + labels.length + " labels");
    }
    this.pixels = pixels;
    this.labels = labels;
  }

  /** A row of brightnesses an image; not a copy. */
  public float[][] pixels() {
    return pixels;
  }

  /** The class of each image; not a copy. */
  public int[] labels() {
    return labels;
  }

  /** The number of images. */
  public int size() {
    return labels.length;
  }

  /** The images from number {@code from} to before number {@code to}. */
  public LabelledImages range(int from, int to) {
    return new LabelledImages(
        Arrays.copyOfRange(pixels, from, to), Arrays.copyOfRange(labels, from, to));
  }

  /** The same images in a random order. */
  public LabelledImages shuffled(Random random) {
    LabelledImages all = range(0, size());
    for (int i = size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      float[] row = all.pixels[i];
      all.pixels[i] = all.pixels[j];
      all.pixels[j] = row;
      int label = all.labels[i];
      all.labels[i] = all.labels[j];
      all.labels[j] = label;
    }
    return all;
  }
}
