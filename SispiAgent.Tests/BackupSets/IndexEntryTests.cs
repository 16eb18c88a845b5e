using SispiAgent.BackupSets;

namespace SispiAgent.Tests.BackupSets;

internal sealed class IndexEntryTests
{
    private static readonly string[] Listing =
    [
        "; Selected TOC Entries:",
        ";",
        "217; 1259 100 TABLE exposure image postgres",
        ";\tdepends on: 6",
        "218; 1259 101 TABLE exposure exposure postgres",
        ";\tdepends on: 6",
        "219; 1259 102 TABLE public small postgres",
        "220; 1259 103 TABLE public parted postgres",
        "221; 1259 104 TABLE public parted_1 postgres",
        "222; 1259 105 MATERIALIZED VIEW public seen postgres",
        ";\tdepends on: 217",
        "3201; 2606 200 CONSTRAINT exposure image image_pkey postgres",
        ";\tdepends on: 217 217",
        "3202; 1259 201 INDEX exposure image_taken_idx postgres",
        ";\tdepends on: 217 230",
        "3203; 2606 202 CONSTRAINT public small small_pkey postgres",
        ";\tdepends on: 219",
        "3204; 1259 203 INDEX public parted_idx postgres",
        ";\tdepends on: 220",
        "3205; 1259 204 INDEX public parted_1_idx postgres",
        ";\tdepends on: 221 3204 220",
        "3206; 0 0 INDEX ATTACH public parted_1_idx postgres",
        ";\tdepends on: 3204 3205 221",
        "3207; 1259 205 INDEX public seen_idx postgres",
        ";\tdepends on: 222",
        "3208; 2606 206 FK CONSTRAINT exposure image image_exposure_fkey postgres",
        ";\tdepends on: 3201 218 217",
        "3209; 0 0 COMMENT exposure INDEX image_taken_idx postgres",
        ";\tdepends on: 3202",
        "3211; 2606 208 FK CONSTRAINT public parted_1 parted_1_image_fkey postgres",
        ";\tdepends on: 3201 217 221",
        "3212; 2606 209 FK CONSTRAINT exposure image image_self_fkey postgres",
        ";\tdepends on: 217 3202 217",
        "3213; 2606 211 FK CONSTRAINT public parted_1 parted_1_parted_fkey postgres",
        ";\tdepends on: 221 220 3204",
        "3210; 2620 207 TRIGGER exposure image t postgres",
        ";\tdepends on: 217",
    ];

    [Test]
    public void What_needs_large_tables_only_can_be_built_early()
    {
        var found = IndexEntry.Find(Listing, Large(IndexEntry.FromBytes));
        Assert.That(found.Select(entry => (entry.Id, entry.Table.Name)), Is.EqualTo(new[] { (3201, "image"), (3202, "image"), (3205, "parted_1"), (3211, "parted_1"), (3212, "image") }));
        Assert.That(found.Where(entry => entry.IsForeignKey).Select(entry => string.Join(" ", entry.Tables.Select(table => table.Name))), Is.EqualTo(new[] { "parted_1 image", "image" }));
        Assert.That(found[1].Line, Is.EqualTo("3202; 1259 201 INDEX exposure image_taken_idx postgres"));
    }

    [Test]
    public void A_small_table_waits_for_the_end() => Assert.That(IndexEntry.Find(Listing, Large(IndexEntry.FromBytes - 1)), Is.Empty);

    private static SetTable[] Large(long bytes) => [.. new SetTable[]
    {
        new(100, "exposure", "image", bytes, 1, null) { Unit = "a" }, new(101, "exposure", "exposure", 1, 1, null) { Unit = "a" }, new(102, "public", "small", 1, 1, null) { Unit = "a" },
        new(103, "public", "parted", bytes, null, null), new(104, "public", "parted_1", bytes, 1, null) { Unit = "b" },
    }.Where(IndexEntry.IsLarge)];
}
