package dev.millrace.graph.checkpoint;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.DataLossException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.proto.SavedSlice;
import dev.millrace.proto.SavedSliceMeta;
import dev.millrace.proto.SavedTensorSlices;
import dev.millrace.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checkpoint of version 1: tables whose first record tells what there is, and whose others are
 * the tensors and parts of tensors, as protocol buffers.
 */
final class SliceFileReader extends CheckpointReader {
  private static final Pattern SHARD = Pattern.compile("-\\d{5}-of-\\d{5}");

  /** The latest version of the format; files may ask for no later one. */
  private static final int VERSION = 1;

  private final Path path;
  private final List<TableReader> tables = new ArrayList<>();
  private final TreeMap<String, CheckpointEntry> entries = new TreeMap<>();
  private final Map<String, List<TensorSlice>> stored = new HashMap<>();
  private final Map<ByteString, TableReader> places = new HashMap<>();

  SliceFileReader(Path prefix, List<Path> files) throws IOException {
    super(prefix.toString());
    path = prefix;
    try {
      for (Path f : files) {
        TableReader t = new TableReader(f);
        tables.add(t);
        ByteBuffer first = t.find(new byte[0]);
        if (first == null) {
          throw new DataLossException(f + " is damaged, or no checkpoint: it has no header");
        }
        SavedTensorSlices head = SavedTensorSlices.parseFrom(first);
        if (head.getMeta().getVersions().getMinConsumer() > VERSION) {
          throw new UnimplementedException(
              f + " asks for readers of a later version of the format than this");
        }
        for (SavedSliceMeta m : head.getMeta().getTensorList()) {
          add(m, t);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      close();
      throw new DataLossException(prefix + " is damaged: " + e.getMessage(), e);
    } catch (InvalidArgumentException e) {
      close();
      throw new DataLossException(prefix + " is damaged: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The files of the checkpoint of that name; none if there is none. */
  static List<Path> files(Path prefix) throws IOException {
    if (Files.isRegularFile(prefix)) {
      return TableReader.isTable(prefix) ? List.of(prefix) : List.of();
    }
    Path directory = prefix.toAbsolutePath().getParent();
    if (prefix.getFileName() == null || !Files.isDirectory(directory)) {
      return List.of();
    }
    String name = prefix.getFileName().toString();
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(
              f -> {
                String s = f.getFileName().toString();
                return s.startsWith(name) && SHARD.matcher(s.substring(name.length())).matches();
              })
          .sorted()
          .toList();
    }
  }

  private void add(SavedSliceMeta m, TableReader in) {
    Shape shape = ShapeProtos.read(m.getShape());
    if (!shape.isFullyDefined()) {
      throw new InvalidArgumentException("tensor '" + m.getName() + "' has the shape " + shape);
    }
    DataType dtype = DataType.ofNumber(m.getTypeValue());
    List<TensorSlice> slices = new ArrayList<>();
    CheckpointEntry before = entries.get(m.getName());
    if (before != null) {
      if (before.dtype() != dtype || !before.shape().equals(shape)) {
        throw new InvalidArgumentException(
            "the files tell different things of tensor '" + m.getName() + "'");
      }
      slices.addAll(before.slices());
    }
    for (var s : m.getSliceList()) {
      TensorSlice slice = TensorSlice.read(s);
      slice.shapeIn(shape);
      slices.add(slice);
      places.put(ByteString.copyFrom(SliceKeys.of(m.getName(), slice)), in);
    }
    stored.put(m.getName(), slices);
    boolean whole = slices.size() == 1 && slices.get(0).isAll(shape);
    entries.put(
        m.getName(), new CheckpointEntry(m.getName(), dtype, shape, whole ? List.of() : slices));
  }

  @Override
  public SortedMap<String, CheckpointEntry> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  @Override
  TensorValue readPiece(CheckpointEntry e, TensorSlice slice) throws IOException {
    List<TensorSlice> parts = stored.get(e.name());
    if (parts.isEmpty()) {
      throw new DataLossException("the file names no part of it");
    }
    TensorSlice at = slice != null ? slice : parts.get(0);
    byte[] key = SliceKeys.of(e.name(), at);
    TableReader table = places.get(ByteString.copyFrom(key));
    ByteBuffer record = table == null ? null : table.find(key);
    if (record == null) {
      throw new DataLossException("its part " + at + " is not there");
    }
    try {
      SavedSlice data = SavedTensorSlices.parseFrom(record).getData();
      Shape shape = at.shapeIn(e.shape());
      requireCount(e.dtype(), data.getData(), shape.numElements());
      return TensorProtos.read(
          data.getData().toBuilder()
              .setDtypeValue(e.dtype().number())
              .setTensorShape(ShapeProtos.write(shape))
              .build());
    } catch (InvalidProtocolBufferException | InvalidArgumentException x) {
      throw new DataLossException("it is damaged: " + x.getMessage(), x);
    }
  }

  /** Elsewhere a value repeats when there are too few; here there must be one an element. */
  private static void requireCount(DataType dtype, TensorProto p, long elements) {
    if (!p.getTensorContent().isEmpty()) {
      return; // its length is checked when it is read
    }
    long count =
        (long) p.getFloatValCount()
            + p.getDoubleValCount()
            + p.getIntValCount()
            + p.getInt64ValCount()
            + p.getBoolValCount()
            + p.getHalfValCount()
            + p.getStringValCount()
            + p.getScomplexValCount()
            + p.getDcomplexValCount()
            + p.getUint32ValCount()
            + p.getUint64ValCount();
    long parts = dtype.isComplex() ? 2 : 1;
    if (count != elements * parts) {
      throw new DataLossException("it has " + count / parts + " values for " + elements);
    }
  }

  @Override
  public boolean readBytes(String name, ByteBuffer to) {
    entry(name);
    return false;
  }

  @Override
  public void close() {
    for (TableReader t : tables) {
      try {
        t.close();
      } catch (IOException e) {
        throw BundleFiles.failed("close", path, e);
      }
    }
  }
}
