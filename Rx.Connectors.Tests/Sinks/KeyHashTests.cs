using System.Text;
using CsCheck;
using Rx.Connectors.Sinks;
using Xunit;

namespace Rx.Connectors.Tests.Sinks;

public sealed class KeyHashTests
{
    [Theory]
    [InlineData("", 1u)]
    [InlineData("a", 6422626u)]
    [InlineData("abc", 38600999u)]
    [InlineData("Wikipedia", 300286872u)]
    [InlineData("é", 36766061u)]
    public void P13_adler32_gives_the_known_checksums(string key, uint expected) =>
        Assert.Equal(expected, KeyHash.Adler32(key));

    [Theory]
    [InlineData("😀")]
    [InlineData("x\uD83D\uDE00y")]
    [InlineData("\uD83D")]
    [InlineData("\uDE00\uD83D")]
    [InlineData("\uFFFD")]
    public void P13_adler32_reads_surrogates_as_their_utf8(string key) =>
        Assert.Equal(Reference(Encoding.UTF8.GetBytes(key)), KeyHash.Adler32(key));

    [Fact]
    public void P13_adler32_of_a_long_key_is_reduced_right()
    {
        var key = new string('\u07FF', 300_000);
        Assert.Equal(Reference(Encoding.UTF8.GetBytes(key)), KeyHash.Adler32(key));
    }

    [Fact]
    public void P13_adler32_of_any_key_is_that_of_its_utf8_bytes() =>
        Gen.Char.Array[0, 200].Sample(units =>
        {
            var key = new string(units);
            return KeyHash.Adler32(key) == Reference(Encoding.UTF8.GetBytes(key));
        });

    [Fact]
    public void Adler32_of_null_is_refused() => Assert.Throws<ArgumentNullException>("key", () => KeyHash.Adler32(null!));

    [Fact]
    public void P13_keys_are_sorted_by_their_utf8_bytes()
    {
        string[] keys = ["\uFFFD", "😀", "b", "", "a", "ab"];
        Assert.Equal(["", "a", "ab", "b", "\uFFFD", "😀"], KeyHash.Sort(keys));
        Assert.True(string.CompareOrdinal("\uFFFD", "😀") > 0, "UTF-16 order would be the other one");
        Assert.Equal("\uFFFD", keys[0]);
    }

    // The definition, in the widest type that needs no early reduction.
    private static uint Reference(byte[] bytes)
    {
        ulong a = 1, b = 0;
        foreach (var octet in bytes)
        {
            a += octet;
            b = (b + (a % 65521)) % 65521;
        }

        return (uint)((b * 65536) + (a % 65521));
    }
}
