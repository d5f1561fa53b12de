package dev.satchel.app.bundles

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

private const val DIGEST = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"

/** What is typed, scanned or linked becomes one address or one sentence. */
class AddressTest {
    @Test
    fun `an address has one form, however it was written`() {
        val forms = mapOf(
            "192.168.1.7:8000" to "http://192.168.1.7:8000/",
            " 192.168.1.7 \n" to "http://192.168.1.7/",
            "HTTP://192.168.1.7:80/a" to "http://192.168.1.7/a",
            "http://10.0.0.1?q=1" to "http://10.0.0.1/?q=1",
            "laptop.local:8000/bundles/a.satchel" to "http://laptop.local:8000/bundles/a.satchel",
            "Laptop.Local" to "http://laptop.local/",
            "localhost:1" to "http://localhost:1/",
            "127.0.0.1:65535" to "http://127.0.0.1:65535/",
            "[FD00::7]:8000/x" to "http://[fd00::7]:8000/x",
            "http://[fe80::1]" to "http://[fe80::1]/",
            "http://[::1]:8000" to "http://[::1]:8000/",
            "http://[::ffff:192.168.1.7]:8000/" to "http://[::ffff:192.168.1.7]:8000/",
            "https://models.example/flowers.satchel" to "https://models.example/flowers.satchel",
            "https://8.8.8.8:443/a%20b" to "https://8.8.8.8/a%20b",
            "https://xn--bcher-kva.example" to "https://xn--bcher-kva.example/",
            "satchel:http://192.168.1.7:8000/bundles/a.satchel#sha256=$DIGEST" to
                "http://192.168.1.7:8000/bundles/a.satchel#sha256=${DIGEST.lowercase()}",
            "SATCHEL:https://a.example/b" to "https://a.example/b",
            "http://10.0.0.1/a#$DIGEST" to "http://10.0.0.1/a#sha256=${DIGEST.lowercase()}",
        )
        assertEquals(forms, forms.mapValues { Address.parse(it.key).toString() })
        for (form in forms.values) assertEquals(form, Address.parse(form).toString())
    }

    @Test
    fun `what is no address is refused with its reason`() {
        assertEquals(REFUSED, REFUSED.mapValues { codeOf { Address.parse(it.key) } })
    }

    @Test
    fun `private is what leads no further than the networks around`() {
        val private = (
            "10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 169.254.0.0 169.254.255.255 " +
                "127.0.0.0 127.255.255.255 [::1] [fc00::] [fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [fe80::] [febf:ffff::] " +
                "[::ffff:10.0.0.1] [::ffff:a00:1]"
        ).split(' ')
        val public = (
            "9.255.255.255 11.0.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 169.253.255.255 169.255.0.0 " +
                "126.255.255.255 128.0.0.0 0.0.0.0 100.64.0.1 [::] [::2] [fbff::] [fe00::] [fe7f:ffff::] [fec0::] " +
                "[::ffff:11.0.0.0] [::10.0.0.1] [64:ff9b::a00:1]"
        ).split(' ')
        for (each in private) assertTrue(each, isPrivate(literalAddress(each)!!))
        for (each in public) assertFalse(each, isPrivate(literalAddress(each)!!))
    }

    @Test
    fun `a redirection keeps the digest and leads nowhere that could not be typed`() {
        val from = Address.parse("http://192.168.1.7:8000/bundles/a.satchel#sha256=$DIGEST")
        val places = mapOf(
            "/b" to "http://192.168.1.7:8000/b",
            "b.satchel#other" to "http://192.168.1.7:8000/bundles/b.satchel",
            "//10.0.0.1/b" to "http://10.0.0.1/b",
            "https://models.example/b" to "https://models.example/b",
        )
        assertEquals(places.mapValues { "${it.value}#sha256=${DIGEST.lowercase()}" }, places.mapValues { "${from.redirected(it.key)}" })
        val secure = Address.parse("https://models.example/a")
        assertEquals("server/redirect", codeOf { secure.redirected("http://192.168.1.7/a") })
        val refused = mapOf(
            "http://8.8.8.8/" to "server/cleartext",
            "ftp://192.168.1.7/" to "server/scheme",
            "file:///etc/hosts" to "server/scheme",
            "http://3232235783/" to "server/address",
            "http://me@10.0.0.1/" to "server/address",
            "http://[" to "server/redirect",
        )
        assertEquals(refused, refused.mapValues { codeOf { from.redirected(it.key) } })
    }

    @Test
    fun `a server is told from a bundle by its path`() {
        assertTrue(Address.parse("192.168.1.7:8000").isServer)
        assertFalse(Address.parse("192.168.1.7:8000/bundles/a.satchel").isServer)
    }
}

/** What is no address, by the code of its reason. */
private val REFUSED: Map<String, String> = mapOf(
    "server/address" to listOf(
        "",
        "   ",
        "http://",
        "http:///bundles",
        "http://:8000/",
        "http:/192.168.1.7",
        "//192.168.1.7",
        "javascript:alert(1)",
        "http://me@192.168.1.7/",
        "http://192.168.1.7:80@8.8.8.8/",
        "http://me:secret@laptop.local/",
        "http://192.168.1.7:0/",
        "http://192.168.1.7:65536/",
        "http://192.168.1.7:/",
        "http://192.168.1.7:80:80/",
        "http://192.168.1.7:+80/",
        "http://3232235783/",
        "http://0xC0A80107/",
        "http://0xc0.0xa8.1.7/",
        "http://0300.0250.1.7/",
        "http://192.168.01.7/",
        "http://192.168.263/",
        "http://192.168.1.256/",
        "http://192.168.1.7./",
        "http://192.168.1.7.8/",
        "http://1.2.3.0x4/",
        "http://laptop.local./",
        "http://.local/",
        "http://a..local/",
        "http://-a.local/",
        "http://${"a".repeat(64)}.local/",
        "http://${"a.".repeat(130)}local/",
        "http://bücher.local/",
        "http://１９２.168.1.7/",
        "http://192。168。1。7/",
        "http://laptop.loca\u006C\u0307/",
        "http://\u212Aitchen.local/",
        "http://%31%30.0.0.1/",
        "http://192.168.1.7\\@8.8.8.8/",
        "http://192.168.1.7/a b",
        "http://192.168.1.7/a\u0000b",
        "http://192.168.1.7/a\r\nHost: b",
        "http://192.168.1.7/%zz",
        "http://192.168.1.7/%4",
        "http://192.168.1.7/${"a".repeat(2000)}",
        "http://[fd00::7/",
        "http://fd00::7/",
        "http://[fd00::7%25wlan0]/",
        "http://[fd00:::7]/",
        "http://[fd00::7::8]/",
        "http://[1:2:3:4:5:6:7]/",
        "http://[1:2:3:4:5:6:7:8:9]/",
        "http://[fd00::12345]/",
        "http://[::192.168.1.7.8]/",
        "http://[192.168.1.7]/",
        "http://[]/",
    ),
    "server/scheme" to listOf(
        "ftp://192.168.1.7/a",
        "file:///sdcard/a.satchel",
        "content://a/b",
        "satchel:ws://192.168.1.7",
    ),
    "server/digest" to listOf(
        "http://10.0.0.1/a#",
        "http://10.0.0.1/a#sha256=",
        "http://10.0.0.1/a#sha256=${DIGEST.drop(1)}",
        "http://10.0.0.1/a#sha256=${DIGEST}0",
        "http://10.0.0.1/a#sha256=${DIGEST.drop(1)}g",
        "http://10.0.0.1/a#sha512=$DIGEST",
        "http://10.0.0.1/a#top",
    ),
    "server/cleartext" to listOf(
        "http://8.8.8.8/",
        "8.8.8.8:8000",
        "http://172.32.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.251/",
        "http://255.255.255.255/",
        "http://[2001:db8::1]/",
        "http://[::]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::8.8.8.8]/",
        "http://[::192.168.1.7]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[2002:c0a8:107::]/",
        "http://[ff02::fb]/",
        "http://[fec0::1]/",
    ),
).flatMap { (code, texts) -> texts.map { it to code } }.toMap()
