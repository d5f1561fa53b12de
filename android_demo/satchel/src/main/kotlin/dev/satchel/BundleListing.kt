package dev.satchel

/** Where the bytes of a bundle lie. */
internal interface Store {
    /** The name of the bundle in messages. */
    val where: String

    /** The length of every file by its path. */
    val sizes: Map<String, Long>

    /** Gives the bytes of a file in turn to [take], at most [limit] of them and one more. */
    fun chunks(path: String, limit: Long, take: (bytes: ByteArray, count: Int) -> Unit)

    /** Gives the bytes of the manifest, before anything else was looked at. */
    fun manifest(): ByteArray

    /** Looks at everything that is there. */
    fun list()
}

/**
 * Gives the bytes of a bundle's manifest and the manifest, all listed files there and no other.
 *
 * @throws SatchelException as [BundleReader.open].
 */
internal fun openListing(store: Store, digest: String?): Pair<ByteArray, Manifest> {
    val raw = store.manifest()
    refuseNewer(loads(raw, MANIFEST), "$MANIFEST $.satchel")
    val found = sha256(raw)
    if (digest != null && digest.lowercase(java.util.Locale.ROOT) != found) {
        val message = "expected the digest ${printable(digest)}, found $found"
        val hint = "This is another bundle than the one that was promised; get the right one."
        throw SatchelException("bundle/digest", message, store.where, hint)
    }
    val manifest = parseManifest(raw)
    store.list()
    checkListing(store, manifest)
    return raw to manifest
}

internal fun wrongLength(where: String, expected: Long, found: String): SatchelException =
    SatchelException("bundle/wrong-length", "expected $expected bytes, found $found", where)

internal fun tooLarge(where: String, found: String, limit: Long): SatchelException =
    SatchelException("bundle/too-large", "expected at most $limit bytes, found $found", where)

internal fun notABundle(where: String, found: String): SatchelException = SatchelException(
    "bundle/not-a-bundle",
    "expected a folder with $MANIFEST or a .satchel file, found $found",
    where,
    "A model becomes a bundle with `satchel pack MODEL -o OUT`; give what that writes.",
)

/** Refuses what is in the bundle and not in the manifest, what is not and should be, and lengths that differ. */
private fun checkListing(store: Store, manifest: Manifest) {
    val where = store.where
    for (path in store.sizes.keys) checkPath(path, where)
    checkDistinct(store.sizes.keys, where)
    for (file in manifest.files) {
        val size = store.sizes[file.path]
            ?: throw SatchelException("bundle/missing-file", "expected '${printable(file.path)}', which is not there", where)
        if (size != file.bytes) throw wrongLength("$where: ${printable(file.path)}", file.bytes, "$size")
    }
    val listed = manifest.files.mapTo(HashSet()) { it.path }
    checkLoose(store.sizes.filterKeys { it !in listed }, where)
}

private fun checkLoose(loose: Map<String, Long>, where: String) {
    loose.keys.find { !outside(it) }?.let {
        val hint = "Only $MEASUREMENTS and $CARD may hold what the manifest does not list."
        throw SatchelException("bundle/extra-file", "found '${printable(it)}', which the manifest does not list", where, hint)
    }
    val unlisted = loose.filterKeys { it != MANIFEST }.values.sum()
    if (unlisted > MAX_OUTSIDE) throw tooLarge("$where: $MEASUREMENTS and $CARD", "$unlisted", MAX_OUTSIDE)
}
