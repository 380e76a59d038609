/** Messages of customers, in the usual order of a chat. */
export const CUSTOMER_LINES = [
	'Halo, selamat siang Kak.',
	'Kak, apakah barangnya masih ada?',
	'Ukuran L masih tersedia?',
	'Pesanan saya kok belum sampai ya?',
	'Bisa minta nomor resinya?',
	'Kalau ke Bandung ongkirnya berapa?',
	'Saya sudah transfer ya Kak.',
	'Barang yang datang warnanya berbeda.',
	'Boleh tukar ukuran?',
	'Bisa COD tidak, Kak?',
	'Kira-kira kapan dikirim?',
	'Saya mau pesan dua lagi.',
	'Alamatnya mau saya ganti, masih bisa?',
	'Oke, saya tunggu kabarnya.',
	'Terima kasih banyak Kak 🙏',
] as const;

/** Messages of agents, in the usual order of a chat. */
export const AGENT_LINES = [
	'Halo Kak, ada yang bisa kami bantu?',
	'Masih ada Kak, silakan dipesan.',
	'Mohon ditunggu, kami cek dulu ya.',
	'Pesanan Kakak sudah kami kirim pagi ini.',
	'Nomor resinya kami kirim sebentar lagi ya Kak.',
	'Ongkirnya Rp 18.000, Kak.',
	'Baik Kak, pembayarannya sudah kami terima.',
	'Mohon maaf atas ketidaknyamanannya, Kak.',
	'Bisa Kak, penukaran paling lambat tujuh hari.',
	'Boleh minta foto barangnya, Kak?',
	'Alamatnya sudah kami perbarui.',
	'Sama-sama Kak, terima kasih sudah belanja di toko kami.',
] as const;

/** Messages of bots. */
export const BOT_LINES = [
	'Terima kasih sudah menghubungi kami. Tim kami akan segera membalas.',
	'Kami melayani setiap hari pukul 08.00 sampai 20.00 WIB.',
] as const;

/** Texts of activity messages. */
export const ACTIVITY_LINES = [
	'Percakapan ditugaskan ke agen.',
	'Label ditambahkan ke percakapan.',
] as const;

/** Labels of conversations. */
export const LABELS = ['pesanan', 'komplain', 'pembayaran', 'pengiriman', 'prioritas'] as const;

/** Tags of contacts. */
export const TAGS = ['pelanggan-baru', 'pelanggan-setia', 'grosir', 'reseller'] as const;
