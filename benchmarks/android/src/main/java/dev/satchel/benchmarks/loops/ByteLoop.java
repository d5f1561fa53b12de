package dev.satchel.benchmarks.loops;

/** A loop whose result is levels. */
abstract class ByteLoop implements Loop {
    protected final byte[] out;

    ByteLoop(int side) {
        out = new byte[side * side * 3];
    }

    @Override
    public boolean floating() {
        return false;
    }

    @Override
    public byte[] bytes() {
        return out;
    }

    @Override
    public float[] floats() {
        throw new IllegalStateException("the result is levels");
    }
}
