package dev.millrace.examples;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a program leaves its pictures: a mixin for the programs that make some. */
final class Pictures {
  @Option(
      names = "--plots",
      defaultValue = "plots",
      paramLabel = "DIR",
      description = "Folder for the pictures that the program makes (plots).")
  private Path folder;

  /** Saves a picture under a name, without its ending, and says where. */
  void save(Program program, String name, Picture picture) throws IOException {
    Path file = folder.resolve(name + ".png");
    picture.save(file);
    program.print("wrote %s", file);
  }

  /** The numbers 1 to n, as epochs are counted. */
  static double[] counted(int n) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = i + 1;
    }
    return x;
  }
}
