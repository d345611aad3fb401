use ct_merkle::mem_backed_tree::MemoryBackedTree;
use gatewright_ledger::tree::{Frontier, Hash, NotAFrontier, leaf_hash, node_hash};
use proptest::{collection::vec, prelude::*};

/// Leaves and roots of Certificate Transparency's own tests.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_roots_are_those_of_certificate_transparency() {
    let mut tree = Frontier::new();
    let mut roots = vec![tree.root().to_string()];
    for leaf in LEAVES {
        tree.append(leaf_hash(&hex::decode(leaf).unwrap()));
        roots.push(tree.root().to_string());
    }
    assert_eq!(roots, ROOTS);
}

#[test]
fn a_frontier_of_another_size_or_length_is_refused() {
    let tree = grown(&[[1; 4], [2; 4], [3; 4]]);
    let bytes = tree.to_bytes();
    assert_eq!(Frontier::from_bytes(3, &bytes), Ok(tree));
    for (size, length) in [(4, 64), (3, 63), (3, 32), (0, 32), (u64::MAX, 64)] {
        let short = &bytes[..length];
        assert_eq!(
            Frontier::from_bytes(size, short),
            Err(NotAFrontier { size, length })
        );
    }
    let full = vec![0; 64 * 32];
    assert!(Frontier::from_bytes(u64::MAX, &full).is_err());
    assert!(Frontier::from_bytes(Frontier::MAX_SIZE, &full[32..]).is_ok());
}

proptest! {
    #[test]
    fn every_root_is_that_of_the_definition_and_of_a_second_implementation(leaves in vec(any::<[u8; 4]>(), 0..200)) {
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let mut second = MemoryBackedTree::<sha2_of_ct_merkle::Sha256, [u8; 4]>::new();
        let mut tree = Frontier::new();
        for (size, leaf) in leaves.iter().enumerate() {
            let foretold = tree.root_with(hashes[size]);
            tree.append(hashes[size]);
            second.push(*leaf);
            prop_assert_eq!(tree.root(), foretold);
            prop_assert_eq!(tree.root().as_bytes().to_vec(), second.root().as_bytes().to_vec());
        }
        prop_assert_eq!(tree.root(), by_definition(&hashes));
        prop_assert_eq!(tree.size(), u64::try_from(leaves.len()).unwrap());
    }

    #[test]
    fn a_frontier_survives_storage(leaves in vec(any::<[u8; 4]>(), 0..200)) {
        let tree = grown(&leaves);
        prop_assert_eq!(Frontier::from_bytes(tree.size(), &tree.to_bytes()), Ok(tree));
    }

    #[test]
    fn trees_part_no_later_than_their_leaves(leaves in vec(any::<[u8; 4]>(), 1..200), at in any::<prop::sample::Index>()) {
        let at = at.index(leaves.len());
        let mut others = leaves.clone();
        others[at][0] ^= 1;
        let parting = grown(&leaves).parts_from(&grown(&others)).unwrap();
        prop_assert!(parting <= u64::try_from(at).unwrap());
        prop_assert_eq!(grown(&leaves).parts_from(&grown(&leaves)), None);
        prop_assert_eq!(grown(&leaves[..at]).parts_from(&grown(&leaves)), None);
    }
}

fn grown(leaves: &[[u8; 4]]) -> Frontier {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.append(leaf_hash(leaf)));
    tree
}

/// RFC 6962, section 2.1, word for word: split at the largest power of two that is smaller than the number of leaves.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Frontier::new().root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&by_definition(left), &by_definition(right))
        }
    }
}
