package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.BundleWriter;
import dev.millrace.graph.checkpoint.CheckpointFiles;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.SliceFileWriter;
import dev.millrace.graph.checkpoint.TensorSlice;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writing and reading checkpoints. */
final class CheckpointKernels {
  private CheckpointKernels() {}

  static void register(ReferenceKernels k) {
    k.add("SaveV2", CheckpointKernels::save);
    k.add("RestoreV2", CheckpointKernels::restore);
    k.add("MergeV2Checkpoints", CheckpointKernels::merge);
    k.add("Save", c -> saveFile(c, null, 2));
    k.add("SaveSlices", c -> saveFile(c, c.input(2), 3));
    k.add("Restore", c -> restoreFile(c, ""));
    k.add("RestoreSlice", c -> restoreFile(c, text(c, 2)));
    k.add(
        "ShardedFilename",
        c ->
            filename(
                c, "%s-%05d-of-%05d", text(c, 0), c.input(1).getLong(0), c.input(2).getLong(0)));
    k.add(
        "ShardedFilespec", c -> filename(c, "%s-?????-of-%05d", text(c, 0), c.input(1).getLong(0)));
  }

  private static void filename(KernelContext c, String format, Object... parts) {
    c.output(0, TensorValue.of(String.format(Locale.ROOT, format, parts)));
  }

  private static String text(KernelContext c, int input) {
    return Dims.requireScalar(c.input(input), "the name").getString(0);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new InvalidArgumentException("'" + name + "' is no file name: " + e.getReason(), e);
    }
  }

  private static void requireCount(TensorValue names, int count, String what) {
    if (names.shape().rank() != 1 || names.size() != count) {
      throw new InvalidArgumentException(
          "there must be " + what + " for each of " + count + " tensors, not " + names.shape());
    }
  }

  /** What is written to a checkpoint: a whole tensor, or a part with the shape of the whole. */
  private record Part(Shape full, TensorSlice slice) {
    /** Of {@code "4 5 0,2:-"}: the sizes of the whole, and the part; null for no text. */
    static Part parse(String text) {
      if (text.isEmpty()) {
        return null;
      }
      String[] words = text.split(" ", -1);
      long[] dims = new long[words.length - 1];
      try {
        for (int i = 0; i < dims.length; i++) {
          dims[i] = Long.parseLong(words[i]);
        }
      } catch (NumberFormatException e) {
        throw new InvalidArgumentException(
            "'" + text + "' is no shape and slice: sizes and a slice, as in '4 5 0,2:-'", e);
      }
      Part p = new Part(Shape.of(dims), TensorSlice.parse(words[dims.length]));
      p.slice.shapeIn(p.full);
      return p;
    }
  }

  private static void save(KernelContext c) {
    int n = c.inputCount() - 3;
    requireCount(c.input(1), n, "a name");
    requireCount(c.input(2), n, "a shape and slice, or an empty text,");
    try (BundleWriter w = new BundleWriter(path(text(c, 0)))) {
      for (int i = 0; i < n; i++) {
        String name = c.input(1).getString(i);
        Part part = Part.parse(c.input(2).getString(i));
        if (part == null) {
          w.add(name, c.input(3 + i));
        } else {
          w.addSlice(name, part.full, part.slice, c.input(3 + i));
        }
      }
      w.finish();
    }
  }

  private static void restore(KernelContext c) {
    int n = c.outputCount();
    requireCount(c.input(1), n, "a name");
    requireCount(c.input(2), n, "a shape and slice, or an empty text,");
    try (CheckpointReader r = CheckpointReader.open(path(text(c, 0)))) {
      for (int i = 0; i < n; i++) {
        c.output(i, read(r, c.input(1).getString(i), c.input(2).getString(i), c.outputType(i)));
      }
    }
  }

  private static TensorValue read(CheckpointReader r, String name, String slice, DataType dtype) {
    DataType stored = r.entry(name).dtype();
    if (stored != dtype) {
      throw new InvalidArgumentException(
          "tensor '"
              + name
              + "' of checkpoint "
              + r.prefix()
              + " is "
              + stored
              + ", and is asked for as "
              + dtype);
    }
    Part part = Part.parse(slice);
    if (part == null) {
      return r.read(name);
    }
    if (!part.full.equals(r.entry(name).shape())) {
      throw new InvalidArgumentException(
          "tensor '"
              + name
              + "' of checkpoint "
              + r.prefix()
              + " is of shape "
              + r.entry(name).shape()
              + ", and a part of one of shape "
              + part.full
              + " is asked for");
    }
    return r.read(name, part.slice);
  }

  private static void merge(KernelContext c) {
    List<Path> parts = new ArrayList<>();
    for (int i = 0; i < c.input(0).size(); i++) {
      parts.add(path(c.input(0).getString(i)));
    }
    CheckpointFiles.merge(parts, path(text(c, 1)));
    if (c.attrs().getBool("delete_old_dirs")) {
      CheckpointFiles.deleteEmptyDirectories(parts);
    }
  }

  private static void saveFile(KernelContext c, TensorValue slices, int first) {
    int n = c.inputCount() - first;
    requireCount(c.input(1), n, "a name");
    if (slices != null) {
      requireCount(slices, n, "a shape and slice, or an empty text,");
    }
    try (SliceFileWriter w = new SliceFileWriter(path(text(c, 0)))) {
      for (int i = 0; i < n; i++) {
        String name = c.input(1).getString(i);
        TensorValue v = c.input(first + i);
        Part part = slices == null ? null : Part.parse(slices.getString(i));
        if (part == null) {
          w.add(name, v.shape(), TensorSlice.all(v.shape().rank()), v);
        } else {
          w.add(name, part.full, part.slice, v);
        }
      }
      w.finish();
    }
  }

  private static void restoreFile(KernelContext c, String slice) {
    try (CheckpointReader r = CheckpointReader.openPattern(path(text(c, 0)))) {
      c.output(0, read(r, text(c, 1), slice, c.outputType(0)));
    }
  }
}
