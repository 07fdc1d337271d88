package dev.millrace.graph.checkpoint;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.DataLossException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MaskedCrc32c;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.proto.BundleEntryProto;
import dev.millrace.proto.BundleHeaderProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/** A checkpoint of version 2. */
final class BundleReader extends CheckpointReader {
  /** The version of the format that this understands; files may ask for no later one. */
  static final int VERSION = 1;

  private static final int CHUNK = 1 << 20;

  private final Path path;
  private final BundleHeaderProto header;
  private final TreeMap<String, CheckpointEntry> entries = new TreeMap<>();
  private final Map<String, BundleEntryProto> places = new HashMap<>();
  private final Map<ByteString, BundleEntryProto> slices = new HashMap<>();
  private final Map<Integer, FileChannel> shards = new ConcurrentHashMap<>();

  BundleReader(Path prefix) throws IOException {
    super(prefix.toString());
    this.path = prefix;
    BundleHeaderProto head = null;
    try (TableReader table = new TableReader(BundleFiles.index(prefix))) {
      byte[] last = null;
      for (int i = 0; i < table.blocks(); i++) {
        for (TableReader.Entry e : table.read(i)) {
          if (last != null && SortedTable.compare(last, e.key()) >= 0) {
            throw damagedIndex("its keys do not ascend", null);
          }
          last = e.key();
          if (e.key().length == 0) {
            head = BundleHeaderProto.parseFrom(e.value());
          } else {
            add(e.key(), BundleEntryProto.parseFrom(e.value()));
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw damagedIndex(e.getMessage(), e);
    }
    if (head == null) {
      throw damagedIndex("it has no header", null);
    }
    header = head;
    checkHeader();
  }

  private DataLossException damagedIndex(String why, Exception cause) {
    return new DataLossException(BundleFiles.index(path) + " is damaged: " + why, cause);
  }

  private void checkHeader() {
    if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
      throw new UnimplementedException(
          "checkpoint " + path + " was written by a big-endian machine, which is not supported");
    }
    if (header.getVersion().getMinConsumer() > VERSION) {
      throw new UnimplementedException(
          "checkpoint "
              + path
              + " asks for readers of version "
              + header.getVersion().getMinConsumer()
              + " of the format; this is version "
              + VERSION);
    }
  }

  private void add(byte[] key, BundleEntryProto e) {
    if (SliceKeys.isSlice(key)) {
      slices.put(ByteString.copyFrom(key), e);
      return;
    }
    String name = new String(key, java.nio.charset.StandardCharsets.UTF_8);
    try {
      Shape shape = ShapeProtos.read(e.getShape());
      if (!shape.isFullyDefined()) {
        throw new InvalidArgumentException("its shape is " + shape);
      }
      for (int i = 0; i < e.getSlicesCount(); i++) {
        TensorSlice.read(e.getSlices(i)).shapeIn(shape);
      }
      shape.numElements();
      entries.put(
          name,
          new CheckpointEntry(
              name,
              DataType.ofNumber(e.getDtypeValue()),
              shape,
              e.getSlicesList().stream().map(TensorSlice::read).toList()));
      places.put(name, e);
    } catch (InvalidArgumentException x) {
      throw damagedIndex("the entry of tensor '" + name + "': " + x.getMessage(), x);
    }
  }

  int shardCount() {
    return header.getNumShards();
  }

  /** The numbers of the data files that the index names for something, ascending. */
  SortedSet<Integer> shardsWithData() {
    SortedSet<Integer> all = new TreeSet<>();
    places.values().stream().filter(e -> e.getSlicesCount() == 0).forEach(e -> add(all, e));
    slices.values().forEach(e -> add(all, e));
    return all;
  }

  private static void add(SortedSet<Integer> to, BundleEntryProto e) {
    if (e.getSize() > 0) {
      to.add(e.getShardId());
    }
  }

  /** What the index says of the part or tensor filed under {@code key}. */
  Map<ByteString, BundleEntryProto> sliceEntries() {
    return Collections.unmodifiableMap(slices);
  }

  BundleEntryProto place(String name) {
    return places.get(name);
  }

  @Override
  public SortedMap<String, CheckpointEntry> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  // ---- elements

  @Override
  TensorValue readPiece(CheckpointEntry e, TensorSlice slice) throws IOException {
    BundleEntryProto at = places.get(e.name());
    Shape shape = e.shape();
    if (slice != null) {
      at = slices.get(ByteString.copyFrom(SliceKeys.of(e.name(), slice)));
      shape = slice.shapeIn(e.shape());
      if (at == null) {
        throw new DataLossException("its part " + slice + " is not there");
      }
    }
    long n = shape.numElements();
    if (e.dtype() == DataType.STRING) {
      return StringElements.read(at, shape, range(at, n));
    }
    if (!e.dtype().isDense()) {
      throw new UnimplementedException(e.dtype() + " tensors of checkpoints cannot be read");
    }
    requireSize(at, e.dtype(), n);
    Range from = range(at, n);
    TensorValue v = TensorValue.zeros(e.dtype(), shape);
    DenseElements.read(v, from);
    from.requireChecksum(at.getCrc32C());
    return v;
  }

  private static void requireSize(BundleEntryProto at, DataType dtype, long n) {
    if (n > Long.MAX_VALUE / 16 || at.getSize() != n * dtype.size()) {
      throw new DataLossException(
          "the index gives it " + at.getSize() + " bytes for " + n + " elements of " + dtype);
    }
  }

  private Range range(BundleEntryProto at, long elements) throws IOException {
    FileChannel c = elements == 0 && at.getSize() == 0 ? null : shard(at.getShardId());
    long length = c == null ? 0 : c.size();
    if (at.getOffset() < 0 || at.getSize() < 0 || at.getSize() > length - at.getOffset()) {
      if (c != null || at.getSize() != 0) {
        throw new DataLossException(
            "its bytes "
                + at.getOffset()
                + " to "
                + (at.getOffset() + at.getSize())
                + " are not in "
                + BundleFiles.data(path, at.getShardId(), shardCount()).getFileName()
                + ", which has "
                + length
                + ": the file is cut off");
      }
    }
    return new Range(c, at.getOffset(), at.getSize());
  }

  private FileChannel shard(int id) throws IOException {
    if (id < 0 || id >= shardCount()) {
      throw new DataLossException(
          "its data file would be number " + id + " of " + shardCount() + " files");
    }
    Path file = BundleFiles.data(path, id, shardCount());
    try {
      return shards.computeIfAbsent(
          id,
          k -> {
            try {
              return FileChannel.open(file, StandardOpenOption.READ);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      if (!Files.exists(file)) {
        throw new NotFoundException("its data file " + file.getFileName() + " is not there", e);
      }
      throw e.getCause();
    }
  }

  @Override
  public boolean readBytes(String name, ByteBuffer to) {
    CheckpointEntry e = entry(name);
    if (!e.slices().isEmpty() || !e.dtype().isDense()) {
      return false;
    }
    try {
      BundleEntryProto at = places.get(name);
      long n = e.shape().numElements();
      requireSize(at, e.dtype(), n);
      if (to != null && to.remaining() != at.getSize()) {
        throw new InvalidArgumentException(
            "it takes " + at.getSize() + " bytes, and there is room for " + to.remaining());
      }
      Range from = range(at, n);
      ByteBuffer chunk =
          to == null ? ByteBuffer.allocateDirect((int) Math.min(CHUNK, at.getSize())) : null;
      while (from.left() > 0) {
        int length = (int) Math.min(CHUNK, from.left());
        if (to == null) {
          chunk.clear().limit(length);
          from.read(chunk);
        } else {
          from.read(to.slice(to.position(), length));
          to.position(to.position() + length);
        }
      }
      from.requireChecksum(at.getCrc32C());
      return true;
    } catch (IOException x) {
      throw BundleFiles.failed("read", path, x);
    } catch (MillraceException x) {
      throw about(name, x);
    }
  }

  @Override
  public void close() {
    for (FileChannel c : shards.values()) {
      try {
        c.close();
      } catch (IOException e) {
        throw BundleFiles.failed("close", path, e);
      }
    }
  }

  /** Bytes of a data file, read once from first to last. */
  static final class Range {
    private final FileChannel channel;
    private final CRC32C crc = new CRC32C();
    private long at;
    private long left;

    Range(FileChannel channel, long at, long size) {
      this.channel = channel;
      this.at = at;
      this.left = size;
    }

    long left() {
      return left;
    }

    /** Fills {@code to} and puts the bytes into the checksum. The position moves to the limit. */
    void read(ByteBuffer to) throws IOException {
      int from = to.position();
      fill(to);
      crc.update(to.duplicate().position(from));
    }

    /** As {@link #read}, outside the checksum. */
    void fill(ByteBuffer to) throws IOException {
      int n = to.remaining();
      TableReader.readFully(channel, to, at);
      at += n;
      left -= n;
    }

    CRC32C crc() {
      return crc;
    }

    void requireChecksum(int want) {
      if (MaskedCrc32c.of(crc) != want) {
        throw new DataLossException("its bytes are damaged: their checksum does not match");
      }
    }
  }
}
