let lastId = 0;

/** Creates an event for a new message of a customer, in a form in which Sahut may deliver it. */
export function messageEvent(
	overrides: { message?: object; conversation?: object; envelope?: object } = {},
) {
	lastId += 1;
	return {
		id: `evt_${lastId}`,
		event: 'message.created',
		created_at: '2026-11-24T03:00:00Z',
		data: {
			message: {
				id: `msg_${lastId}`,
				type: 'incoming',
				content: 'Halo, berapa harganya?',
				sender: { type: 'contact', id: 'ct_1', name: 'Siti Aminah' },
				attachments: [],
				created_at: '2026-11-24T03:00:00Z',
				...overrides.message,
			},
			conversation: {
				id: 'conv_1',
				status: 'open',
				channel: { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' },
				contact: { id: 'ct_1', name: 'Siti Aminah', phone: '+6281234567890' },
				...overrides.conversation,
			},
		},
		...overrides.envelope,
	};
}
