package dev.millrace.graph.checkpoint;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.PermissionDeniedException;
import dev.millrace.graph.UnknownException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The names of a checkpoint's files, and what is done with whole files. */
final class BundleFiles {
  private static final String TEMPORARY = ".tempstate";
  private static final Pattern DATA = Pattern.compile("\\.data-(\\d{5})-of-(\\d{5})");

  private BundleFiles() {}

  static Path index(Path prefix) {
    return sibling(prefix, ".index");
  }

  static Path data(Path prefix, int shard, int shards) {
    return sibling(prefix, String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, shards));
  }

  private static Path sibling(Path prefix, String suffix) {
    Path name = prefix.getFileName();
    return prefix.resolveSibling((name == null ? "" : name.toString()) + suffix);
  }

  /** A name for what is to become {@code file}; it tells the process that writes it. */
  static Path temporary(Path file) {
    return sibling(
        file, TEMPORARY + ProcessHandle.current().pid() + "-" + Long.toHexString(unique()));
  }

  private static long unique() {
    return java.util.concurrent.ThreadLocalRandom.current().nextLong();
  }

  /** The data files that belong to {@code prefix}, those of other numbers of shards as well. */
  static List<Path> dataFiles(Path prefix) throws IOException {
    return around(prefix, rest -> DATA.matcher(rest).matches());
  }

  /** The number of shards that a data file's name tells. */
  static int shardsOf(Path dataFile) {
    Matcher m = DATA.matcher(dataFile.getFileName().toString());
    return m.find() ? Integer.parseInt(m.group(2)) : 0;
  }

  /** Deletes what processes that are no more left of checkpoints of that name. */
  static void deleteAbandoned(Path prefix) throws IOException {
    for (Path p : around(prefix, rest -> isAbandoned(rest))) {
      Files.deleteIfExists(p);
    }
  }

  private static boolean isAbandoned(String rest) {
    int at = rest.lastIndexOf(TEMPORARY);
    int dash = rest.indexOf('-', Math.max(at, 0) + TEMPORARY.length());
    boolean ours = rest.startsWith(".index" + TEMPORARY) || rest.startsWith(".data-");
    if (!ours || at < 0 || dash < 0) {
      return false;
    }
    try {
      long process = Long.parseLong(rest.substring(at + TEMPORARY.length(), dash));
      return ProcessHandle.of(process).isEmpty();
    } catch (NumberFormatException e) {
      return false; // another program's
    }
  }

  private static List<Path> around(Path prefix, java.util.function.Predicate<String> suffix)
      throws IOException {
    List<Path> found = new ArrayList<>();
    Path directory = prefix.toAbsolutePath().getParent();
    Path name = prefix.getFileName();
    if (name == null || !Files.isDirectory(directory)) {
      return found;
    }
    try (Stream<Path> files = Files.list(directory)) {
      files
          .filter(
              f -> {
                String s = f.getFileName().toString();
                return s.startsWith(name.toString())
                    && suffix.test(s.substring(name.toString().length()));
              })
          .sorted()
          .forEach(found::add);
    }
    return found;
  }

  /** The files that the pattern's last part matches, sorted. */
  static List<Path> matching(Path pattern) throws IOException {
    Path directory = pattern.toAbsolutePath().getParent();
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, pattern.getFileName().toString())) {
      files.forEach(found::add);
    } catch (PatternSyntaxException e) {
      throw new InvalidArgumentException("'" + pattern + "' is no pattern of files", e);
    }
    found.sort(null);
    return found;
  }

  /** Puts a complete file in its place, and sees that this survives a loss of power. */
  static void publish(Path temporary, Path file) throws IOException {
    try {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
    forceDirectory(file.toAbsolutePath().getParent());
  }

  private static void forceDirectory(Path directory) {
    try (FileChannel c = FileChannel.open(directory, StandardOpenOption.READ)) {
      c.force(true);
    } catch (IOException e) {
      // Not every system lets a directory be opened; there the rename is as safe as it gets.
    }
  }

  /** The exception for a file that could not be read or written. */
  static MillraceException failed(String verb, Path file, IOException e) {
    String message = "cannot " + verb + " checkpoint " + file;
    if (e instanceof NoSuchFileException) {
      return new NotFoundException(message + ": there is no file " + e.getMessage(), e);
    } else if (e instanceof AccessDeniedException) {
      return new PermissionDeniedException(message + ": it is not allowed", e);
    }
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage();
    return new UnknownException(message + ": " + reason, e);
  }
}
