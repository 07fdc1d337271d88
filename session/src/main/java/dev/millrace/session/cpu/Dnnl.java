package dev.millrace.session.cpu;

import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import dev.millrace.session.nd4j.NativeThreads;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's primitives on our memory and our threads. A primitive is made when a plan is bound, on
 * one OpenMP thread; several of our threads may run it at once, since what it needs beside its
 * operands is given to it and not kept by the library.
 */
@SuppressWarnings("VariableNameSameAsType") // the library's types have names in small letters
final class Dnnl {
  private Dnnl() {}

  /** The library, if it loads. */
  private static final class Holder {
    static final engine ENGINE = start();

    private static engine start() {
      try {
        NativeThreads.prepare();
        return new engine(engine.kind.cpu, 0);
      } catch (RuntimeException | LinkageError e) {
        return null; // not built for this platform, or left off the class path
      }
    }
  }

  static boolean isAvailable() {
    return Holder.ENGINE != null;
  }

  static engine engine() {
    return Holder.ENGINE;
  }

  /** Floats of that logical shape at those distances. */
  static memory.desc dense(long[] dims, long[] strides) {
    return new memory.desc(dims, memory.data_type.f32, strides);
  }

  /** Floats of that logical shape, laid out as the library likes best. */
  static memory.desc any(long[] dims) {
    return new memory.desc(dims, memory.data_type.f32, memory.format_tag.any);
  }

  /** Attributes of a primitive that is given its scratch memory. */
  static primitive_attr attributes() {
    primitive_attr a = new primitive_attr();
    a.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return a;
  }

  /** A place in a region, which may move between runs. */
  static final class Address extends Pointer {
    Address() {
      super((Pointer) null);
    }

    Address at(Region region, long byteOffset) {
      address = region.address() + byteOffset;
      return this;
    }
  }

  /** Memory of the library's layout that lives as long as a step does. */
  static final class Buffer {
    final NativeMemory owner;
    final Region region;
    final memory memory;

    Buffer(memory.desc desc) {
      owner = NativeMemory.allocate(Math.max(1, desc.get_size()));
      region = owner.region(0, Math.max(1, desc.get_size()));
      memory = new memory(desc, engine(), new Address().at(region, 0));
    }
  }

  /** An operand in a region of ours. */
  static final class Operand {
    final memory memory;
    private final Address address = new Address();

    Operand(memory.desc desc) {
      memory = new memory(desc, engine(), new Address());
    }

    void at(Region region, long byteOffset) {
      memory.set_data_handle(address.at(region, byteOffset));
    }
  }

  /** A copy from one layout to another, run on one thread at a time. */
  static final class Reorder {
    private final primitive primitive;
    private final IntMemoryMap args = new IntMemoryMap();
    private final stream stream = new stream(engine());
    private final Buffer scratchpad;

    Reorder(memory from, memory to) {
      reorder.primitive_desc d = new reorder.primitive_desc(from, to, attributes(), false);
      primitive = new reorder(d);
      scratchpad = new Buffer(d.scratchpad_desc());
      args.put(dnnl.DNNL_ARG_FROM, from);
      args.put(dnnl.DNNL_ARG_TO, to);
      args.put(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad.memory);
    }

    void run() {
      primitive.execute(stream, args);
      stream._wait();
    }
  }
}
