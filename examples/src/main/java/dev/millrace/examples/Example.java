package dev.millrace.examples;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A program that learns from real data, if the user names some, or from data it makes. */
abstract class Example extends Program {
  @Option(
      names = "--data",
      defaultValue = "${env:MILLRACE_DATA}",
      paramLabel = "PATH",
      description = {
        "Folder with real data, or the file itself (default: what MILLRACE_DATA names).",
        "Without one, or if it is empty, the program makes data itself."
      })
  private Path data;

  /** The folder of real data, if the user has named one. */
  protected final Optional<Path> data() {
    return data == null || data.toString().isEmpty() ? Optional.empty() : Optional.of(data);
  }
}
