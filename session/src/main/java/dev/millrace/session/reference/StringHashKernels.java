package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;
import org.nd4j.shade.guava.hash.HashFunction;
import org.nd4j.shade.guava.hash.Hashing;

/**
 * Strings shared out among buckets by their hashes: FarmHash's 64-bit fingerprint, SipHash-2-4 with
 * a key, and the old hash of TensorFlow, MurmurHash64A with a seed of its own.
 */
final class StringHashKernels {
  private static final long OLD_SEED = 0xDECAFCAFFEL;

  private StringHashKernels() {}

  static void register(ReferenceKernels k) {
    HashFunction farm = Hashing.farmHashFingerprint64();
    k.add("StringToHashBucketFast", c -> buckets(c, s -> farm.hashBytes(s).asLong()));
    k.add("StringToHashBucket", c -> buckets(c, StringHashKernels::murmur));
    k.add("StringToHashBucketStrong", StringHashKernels::strong);
  }

  private static void strong(KernelContext c) {
    long[] key = c.attrs().getInts("key");
    if (key.length != 2) {
      throw new InvalidArgumentException("the key must be two numbers, but has " + key.length);
    }
    HashFunction sip = Hashing.sipHash24(key[0], key[1]);
    buckets(c, s -> sip.hashBytes(s).asLong());
  }

  private static void buckets(KernelContext c, ToLongFunction<byte[]> hash) {
    TensorValue x = c.input(0);
    long n = c.attrs().getInt("num_buckets");
    Result r = new Result(DataType.INT64, x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setLong(i, Long.remainderUnsigned(hash.applyAsLong(x.strings()[i]), n));
    }
    c.output(0, r.value());
  }

  private static long murmur(byte[] s) {
    long m = 0xc6a4a7935bd1e995L;
    ByteBuffer in = ByteBuffer.wrap(s).order(ByteOrder.LITTLE_ENDIAN);
    long h = OLD_SEED ^ (s.length * m);
    while (in.remaining() >= 8) {
      long k = in.getLong() * m;
      h = (h ^ ((k ^ (k >>> 47)) * m)) * m;
    }
    if (in.hasRemaining()) {
      for (int i = 0; in.hasRemaining(); i += 8) {
        h ^= (in.get() & 0xFFL) << i;
      }
      h *= m;
    }
    h = (h ^ (h >>> 47)) * m;
    return h ^ (h >>> 47);
  }
}
