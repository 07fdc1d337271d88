package dev.millrace.graph.checkpoint;

import dev.millrace.graph.AlreadyExistsException;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.MillraceException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeProtos;
import dev.millrace.proto.BundleEntryProto;
import dev.millrace.proto.BundleHeaderProto;
import dev.millrace.proto.VersionDef;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/** The index of a checkpoint that is being written. */
final class BundleIndex {
  private final TreeMap<byte[], BundleEntryProto> entries = new TreeMap<>(SortedTable::compare);

  void add(String name, Shape shape, BundleEntryProto place) {
    BundleEntryProto e = place.toBuilder().setShape(ShapeProtos.write(shape)).build();
    if (entries.putIfAbsent(key(name), e) != null) {
      throw twice(name);
    }
  }

  void addSlice(String name, Shape full, TensorSlice slice, BundleEntryProto place) {
    BundleEntryProto whole =
        BundleEntryProto.newBuilder()
            .setDtypeValue(place.getDtypeValue())
            .setShape(ShapeProtos.write(full))
            .addSlices(slice.write())
            .build();
    addWhole(name, whole);
    entries.put(SliceKeys.of(name, slice), place);
  }

  /** Adds an entry that says which parts there are to what other parts have said. */
  private void addWhole(String name, BundleEntryProto whole) {
    BundleEntryProto before = entries.get(key(name));
    if (before == null) {
      entries.put(key(name), whole);
      return;
    }
    if (before.getSlicesCount() == 0 || whole.getSlicesCount() == 0) {
      throw twice(name);
    }
    if (before.getDtypeValue() != whole.getDtypeValue()
        || !before.getShape().equals(whole.getShape())) {
      throw new InvalidArgumentException(
          "the parts of tensor '" + name + "' differ in the dtype or shape of the whole");
    }
    for (var s : whole.getSlicesList()) {
      if (before.getSlicesList().contains(s)) {
        throw twice(name + "', part '" + TensorSlice.read(s));
      }
    }
    entries.put(key(name), before.toBuilder().addAllSlices(whole.getSlicesList()).build());
  }

  private static AlreadyExistsException twice(String name) {
    return new AlreadyExistsException(
        "the checkpoint has a tensor '" + name + "' already; every tensor needs its own name");
  }

  private static byte[] key(String name) {
    if (name.isEmpty()) {
      throw new InvalidArgumentException("a tensor in a checkpoint needs a name");
    }
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Takes over what another checkpoint has.
   *
   * @param number the new number of a data file by the old one
   */
  void addAll(BundleReader other, IntUnaryOperator number) {
    for (CheckpointEntry e : other.entries().values()) {
      BundleEntryProto place = other.place(e.name());
      addWhole(e.name(), e.slices().isEmpty() ? moved(place, number) : place);
    }
    other.sliceEntries().forEach((key, e) -> entries.put(key.toByteArray(), moved(e, number)));
  }

  private static BundleEntryProto moved(BundleEntryProto e, IntUnaryOperator number) {
    return e.toBuilder().setShardId(number.applyAsInt(e.getShardId())).build();
  }

  /**
   * Makes the checkpoint of this index and the data files, which are complete and are moved into
   * place. The instant at which the new index takes the place of the old is when the checkpoint
   * changes: data files that the old one names are not touched before, for which the new ones take
   * other numbers where they have to.
   */
  void publish(Path prefix, List<Path> data) throws IOException {
    int used = shardsInUse(prefix);
    // A reader opens the files that entries name, so that there may be a number without a file.
    int skip = data.size() == used ? 1 : 0;
    int shards = data.size() + skip;
    Path index = BundleFiles.index(prefix);
    Path temporary = BundleFiles.temporary(index);
    try {
      write(temporary, shards, skip);
      for (int i = 0; i < data.size(); i++) {
        BundleFiles.publish(data.get(i), BundleFiles.data(prefix, i + skip, shards));
      }
      BundleFiles.publish(temporary, index);
    } finally {
      Files.deleteIfExists(temporary);
    }
    for (Path old : BundleFiles.dataFiles(prefix)) {
      if (BundleFiles.shardsOf(old) != shards) {
        Files.deleteIfExists(old);
      }
    }
  }

  /** The number of data files of the checkpoint that is there; 0 if there is none to preserve. */
  private static int shardsInUse(Path prefix) throws IOException {
    if (!Files.exists(BundleFiles.index(prefix))) {
      return 0;
    }
    try (BundleReader there = new BundleReader(prefix)) {
      return there.shardCount();
    } catch (MillraceException e) {
      return 0; // not readable, so nothing is lost with it
    }
  }

  private void write(Path file, int shards, int skip) throws IOException {
    BundleHeaderProto header =
        BundleHeaderProto.newBuilder()
            .setNumShards(shards)
            .setVersion(VersionDef.newBuilder().setProducer(BundleReader.VERSION))
            .build();
    try (FileChannel c =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(c), 1 << 16);
      TableWriter table = new TableWriter(out);
      table.add(new byte[0], header.toByteArray());
      for (Map.Entry<byte[], BundleEntryProto> e : entries.entrySet()) {
        boolean hasBytes = e.getValue().getSlicesCount() == 0;
        table.add(
            e.getKey(),
            (hasBytes ? moved(e.getValue(), k -> k + skip) : e.getValue()).toByteArray());
      }
      table.finish();
      out.flush();
      c.force(true);
    }
  }
}
