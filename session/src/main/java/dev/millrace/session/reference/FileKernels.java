package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.PermissionDeniedException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnknownException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Whole files: read, written, and found by patterns. */
final class FileKernels {
  private FileKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ReadFile", FileKernels::read);
    k.add("WriteFile", FileKernels::write);
    k.add("MatchingFiles", FileKernels::matching);
  }

  /** The name that input {@code i}, a scalar, spells. */
  static String name(KernelContext c, int i) {
    return Dims.requireScalar(c.input(i), "a file's name").getString(0);
  }

  /** What TensorFlow's file system gives where Java's throws. */
  static MillraceException failure(String name, IOException e) {
    String message = "file '" + name + "': " + e;
    if (e instanceof NoSuchFileException) {
      return new NotFoundException(message, e);
    }
    return e instanceof AccessDeniedException
        ? new PermissionDeniedException(message, e)
        : new UnknownException(message, e);
  }

  private static void read(KernelContext c) {
    String name = name(c, 0);
    try {
      c.output(0, ReaderKernels.string(Files.readAllBytes(Path.of(name))));
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** Makes the folders that are not there. */
  private static void write(KernelContext c) {
    String name = name(c, 0);
    Path file = Path.of(name);
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.write(file, Dims.requireScalar(c.input(1), "a file's contents").strings()[0]);
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** The names, sorted, that fit one of the patterns. */
  private static void matching(KernelContext c) {
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < c.input(0).size(); i++) {
      String pattern = c.input(0).getString(i);
      try {
        find(pattern, found);
      } catch (IOException e) {
        throw failure(pattern, e);
      }
    }
    byte[][] names =
        found.stream().map(n -> n.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    c.output(0, TensorValue.wrap(DataType.STRING, Shape.vector(names.length), names));
  }

  /** {@code *}, {@code ?} and {@code [...]} stand for parts of one name each. */
  private static void find(String pattern, Set<String> found) throws IOException {
    int wild = 0;
    while (wild < pattern.length() && "*?[\\".indexOf(pattern.charAt(wild)) < 0) {
      wild++;
    }
    int slash = pattern.lastIndexOf('/', wild);
    String folder = pattern.substring(0, slash + 1);
    Path start = Path.of(folder.isEmpty() ? "." : folder);
    if (!Files.isDirectory(start)) {
      throw new NoSuchFileException(start.toString());
    }
    String rest = pattern.substring(slash + 1);
    int depth = (int) rest.chars().filter(ch -> ch == '/').count() + 1;
    PathMatcher matcher =
        FileSystems.getDefault()
            .getPathMatcher("glob:" + rest.replace("{", "\\{").replace("}", "\\}"));
    try (Stream<Path> files = Files.walk(start, depth)) {
      files
          .filter(f -> !f.equals(start))
          .map(start::relativize)
          .filter(matcher::matches)
          .forEach(f -> found.add(folder + f.toString().replace('\\', '/')));
    }
  }
}
